"""The works whose methods, data and networks a report may rest on, and their numbering in a text."""

WORKS = {
    "optuna": "Akiba T, Sano S, Yanase T, Ohta T, Koyama M. Optuna: a next-generation hyperparameter optimization "
    "framework. KDD 2019.",
    "tpe": "Ozaki Y, Tanigaki Y, Watanabe S, Nomura M, Onishi M. Multiobjective tree-structured Parzen estimator. "
    "Journal of Artificial Intelligence Research 73, 2022.",
    "nsga2": "Deb K, Pratap A, Agarwal S, Meyarivan T. A fast and elitist multiobjective genetic algorithm: NSGA-II. "
    "IEEE Transactions on Evolutionary Computation 6(2), 2002.",
    "improvement": "Jones DR, Schonlau M, Welch WJ. Efficient global optimization of expensive black-box functions. "
    "Journal of Global Optimization 13, 1998.",
    "halving": "Li L, Jamieson K, Rostamizadeh A, Gonina E, Ben-Tzur J, Hardt M, Recht B, Talwalkar A. A system for "
    "massively parallel hyperparameter tuning. MLSys 2020.",
    "fronts-halving": "Schmucker R, Donini M, Zafar MB, Salinas D, Archambeau C. Multi-objective asynchronous "
    "successive halving. arXiv 2106.12639, 2021.",
    "hypervolume": "Zitzler E, Thiele L. Multiobjective evolutionary algorithms: a comparative case study and the "
    "strength Pareto approach. IEEE Transactions on Evolutionary Computation 3(4), 1999.",
    "attainment": "Fonseca CM, Guerreiro AP, López-Ibáñez M, Paquete L. On the computation of the empirical attainment "
    "function. EMO 2011.",
    "forest": "Breiman L. Random forests. Machine Learning 45, 2001.",
    "shap": "Lundberg SM, Erion G, Chen H, et al. From local explanations to global understanding with explainable AI "
    "for trees. Nature Machine Intelligence 2, 2020.",
    "interactions": "Friedman JH, Popescu BE. Predictive learning via rule ensembles. Annals of Applied Statistics "
    "2(3), 2008.",
    "laws": "Hoffmann J, Borgeaud S, Mensch A, et al. Training compute-optimal large language models. "
    "arXiv 2203.15556, 2022.",
    "edf": "Radosavovic I, Johnson J, Xie S, Lo WY, Dollár P. On network design spaces for visual recognition. "
    "ICCV 2019.",
    "regnet": "Radosavovic I, Kosaraju RP, Girshick R, He K, Dollár P. Designing network design spaces. CVPR 2020.",
    "bootstrap": "Efron B, Tibshirani RJ. An introduction to the bootstrap. Chapman & Hall, 1993.",
    "balanced-accuracy": "Brodersen KH, Ong CS, Stephan KE, Buhmann JM. The balanced accuracy and its posterior "
    "distribution. ICPR 2010.",
    "resnet": "He K, Zhang X, Ren S, Sun J. Deep residual learning for image recognition. CVPR 2016.",
    "dck": "Lee B, Jo Y, Kwon J. Optimizing neural network scale for ECG classification. arXiv 2308.12492, 2023.",
    "convnext": "Liu Z, Mao H, Wu CY, Feichtenhofer C, Darrell T, Xie S. A ConvNet for the 2020s. CVPR 2022.",
    "densenet": "Huang G, Liu Z, van der Maaten L, Weinberger KQ. Densely connected convolutional networks. CVPR 2017.",
    "oscnn": "Tang W, Long G, Liu L, Zhou T, Blumenstein M, Jiang J. Omni-scale CNNs: a simple and effective kernel "
    "size configuration for time series classification. ICLR 2022.",
    "ecoscale": "Kang, Nam, Lee. EcoScale-Net. arXiv 2510.24748, 2025.",
    "vit": "Dosovitskiy A, Beyer L, Kolesnikov A, et al. An image is worth 16x16 words: transformers for image "
    "recognition at scale. ICLR 2021.",
    "ecg-laws": "NabJa/scaling-ecg-models: data-driven scaling laws of ECG networks. European Heart Journal - Digital "
    "Health, 2026.",
    "ptbxl": "Wagner P, Strodthoff N, Bousseljot RD, et al. PTB-XL, a large publicly available electrocardiography "
    "dataset. Scientific Data 7:154, 2020.",
    "challenge": "Reyna MA, Sadr N, Perez Alday EA, et al. Will two do? Varying dimensions in electrocardiography: the "
    "PhysioNet/Computing in Cardiology Challenge 2021. CinC 2021.",
    "code15": "Ribeiro AH, Ribeiro MH, Paixão GMM, et al. Automatic diagnosis of the 12-lead ECG using a deep neural "
    "network. Nature Communications 11:1760, 2020.",
}


class References:
    """Numbers works in the order in which a text names them."""

    def __init__(self) -> None:
        self._named: list[str] = []

    def cite(self, *keys: str) -> str:
        """The mark of these works, [1] or [1, 2]; nothing for those that are not known."""
        known = [key for key in keys if key in WORKS]
        self._named += [key for key in dict.fromkeys(known) if key not in self._named]
        numbers = ", ".join(str(self._named.index(key) + 1) for key in known)
        return f" [{numbers}]" if numbers else ""

    @property
    def works(self) -> list[str]:
        """What was named, in the order of its numbers."""
        return [WORKS[key] for key in self._named]
