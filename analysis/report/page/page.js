"use strict";

const BUTTONS = [["toImage"], ["zoom2d", "pan2d", "resetScale2d"]]; // no other: one of plotly's own sends the data away
const PAPER = { width: 660, height: 780 }; // pixels: fits A4 and US letter, with a caption, within style.css's margins

function drawPlots() {
  const config = { responsive: true, displaylogo: false, modeBarButtons: BUTTONS };
  for (const source of document.querySelectorAll("script[data-plot]")) {
    const { data, layout } = JSON.parse(source.textContent);
    const plot = document.getElementById(source.dataset.plot);
    Plotly.newPlot(plot, data, layout, config);
    name(plot);
  }
}

// To a screen reader a plot is one picture with its caption; the layers above it only repeat it.
function name(plot) {
  const [picture, ...layers] = plot.querySelectorAll(".main-svg");
  picture.setAttribute("role", "img");
  picture.setAttribute("aria-labelledby", plot.id.replace("figure", "caption"));
  for (const layer of layers) layer.setAttribute("aria-hidden", "true");
}

function resize(plot, height, size) {
  plot.style.minHeight = `${height}px`;
  Plotly.relayout(plot, { ...size, height });
}

function fitToPaper() {
  const opened = [];
  const heights = new Map();
  addEventListener("beforeprint", () => {
    for (const one of document.querySelectorAll("details:not([open])")) {
      one.open = true;
      opened.push(one);
    }
    for (const plot of document.querySelectorAll(".js-plotly-plot")) {
      heights.set(plot, plot.layout.height);
      resize(plot, Math.min(plot.layout.height, PAPER.height), { width: PAPER.width });
    }
  });
  addEventListener("afterprint", () => {
    for (const one of opened.splice(0)) one.open = false;
    for (const [plot, height] of heights) resize(plot, height, { width: null, autosize: true });
  });
}

function addFilter(table) {
  const rows = [...table.tBodies[0].rows];
  const label = document.createElement("label");
  const input = document.createElement("input");
  const found = document.createElement("span");
  input.type = "search";
  label.append(`Show ${table.dataset.tools} with `, input);
  found.className = "note";
  found.setAttribute("role", "status");
  input.addEventListener("input", () => {
    const words = input.value.toLowerCase().split(/\s+/);
    for (const row of rows) row.hidden = !words.every((word) => row.textContent.toLowerCase().includes(word));
    const shown = rows.filter((row) => !row.hidden).length;
    found.textContent = input.value ? `${shown} of ${rows.length}` : "";
  });
  const tools = document.createElement("div");
  tools.className = "tools";
  tools.append(label, found);
  table.parentElement.before(tools);
}

function valueOf(row, column) {
  const cell = row.cells[column];
  const text = cell.dataset.sort ?? cell.textContent.trim();
  const number = Number(text);
  return text === "" || Number.isNaN(number) ? text : number;
}

function compare(a, b) {
  if (typeof a === typeof b) return typeof a === "number" ? a - b : a.localeCompare(b);
  return typeof a === "number" ? -1 : 1;
}

function addSorting(table) {
  const heads = [...table.tHead.rows[0].cells];
  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const sign = head.getAttribute("aria-sort") === "ascending" ? -1 : 1;
      for (const other of heads) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", sign > 0 ? "ascending" : "descending");
      const rows = [...table.tBodies[0].rows];
      rows.sort((a, b) => sign * compare(valueOf(a, column), valueOf(b, column)));
      table.tBodies[0].append(...rows);
    });
  });
}

drawPlots();
fitToPaper();
for (const table of document.querySelectorAll("table[data-tools]")) {
  addFilter(table);
  addSorting(table);
}
