import gzip

from search.dashboard.pieces import Piece, gzipped, joined


def test_pieces_make_one_gzip_member_in_any_order():
    one, other, empty = Piece(b"abc" * 1000), Piece(bytes(range(256)) * 40), Piece(b"")
    for pieces in ([one, other, empty], [other, one, other], [empty], []):
        assert gzip.decompress(gzipped(pieces)) == joined(pieces) == b"".join(piece.raw for piece in pieces)


def test_what_repeats_within_a_piece_is_compressed():
    assert len(gzipped([Piece(b"abc" * 10_000)])) < 1000
