"""Makes the fonts of this folder from Debian's packages; run it to take a newer release or more characters.

    apt-get download fonts-inter fonts-noto-core fonts-noto-cjk
    for package in *.deb; do dpkg -x "$package" extracted; done
    .venv/bin/python templates/fonts/subset_fonts.py extracted

The subsets carry names of their own, so that a font of the same name on the machine is never taken for one of them.
"""  # noqa: INP001 - run as a file

from __future__ import annotations

import sys
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

HERE = Path(__file__).resolve().parent
LATIN = "opentype/inter/Inter-{style}.otf"
SCRIPT = "truetype/noto/NotoSans{script}-{style}.ttf"
CJK = "opentype/noto/NotoSansCJK-Regular.ttc"

# National standards of two bytes: everyday characters of Japan, China, Taiwan and Korea, about 13,500 together.
CJK_STANDARDS = {
    "euc_jp": (range(0xA1, 0xFF), range(0xA1, 0xFF)),
    "gb2312": (range(0xA1, 0xF8), range(0xA1, 0xFF)),
    "big5": (range(0xA1, 0xC7), (*range(0x40, 0x7F), *range(0xA1, 0xFF))),
    "euc_kr": (range(0xA1, 0xC9), range(0xA1, 0xFF)),
}
FIRST_CJK = 0x2E80

# Shaping that scripts need, kerning, and figures of one width; the optional alternates would double the size.
FEATURES = (
    "abvm abvs akhn blwf blwm blws calt ccmp cjct curs dist fina half haln init isol kern liga ljmo locl mark medi "
    "mkmk mset nukt pref pres pstf psts rclt rkrf rlig rphf tjmo tnum vatu vjmo"
)


def cjk_characters() -> set[int]:
    """Characters of the standards, kana and full-width forms, and the space that runs of text need."""
    characters = {0x20, 0xA0, *range(0x3000, 0x3100), *range(0xFF00, 0xFFEF)}
    for codec, (leads, trails) in CJK_STANDARDS.items():
        for lead in leads:
            for trail in trails:
                text = bytes((lead, trail)).decode(codec, errors="ignore")
                characters.update(ord(character) for character in text if ord(character) >= FIRST_CJK)
    return characters


def write(font: TTFont, family: str, style: str, characters: set[int]) -> None:
    """Subset, rename and save one font; dates stay those of the source, so that the same source gives the same file."""
    options = subset.Options()
    options.layout_features = FEATURES.split()
    options.hinting = False
    options.notdef_outline = True
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]
    options.drop_tables += ["BASE", "VORG", "vhea", "vmtx"]
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=characters)
    subsetter.subset(font)
    font.recalcTimestamp = False
    postscript_name = f"{family.replace(' ', '')}-{style}"
    names = font["name"]
    names.names = [record for record in names.names if record.platformID == 3 and record.langID == 0x409]  # noqa: PLR2004
    renamed = {1: family, 2: style, 3: postscript_name, 4: f"{family} {style}", 6: postscript_name}
    for identifier, text in renamed.items():
        names.setName(text, identifier, 3, 1, 0x409)
    suffix = ".ttf"
    if "CFF " in font:
        suffix = ".otf"
        table = font["CFF "].cff
        table.fontNames = [postscript_name]
        table.topDictIndex[0].FullName = f"{family} {style}"
        table.topDictIndex[0].FamilyName = family
    font.save(HERE / f"{postscript_name}{suffix}")


def main(extracted: Path) -> None:
    """Write all eleven."""
    fonts = extracted / "usr/share/fonts"
    for style in ("Regular", "SemiBold"):
        font = TTFont(fonts / LATIN.format(style=style))
        write(font, "Invoice Sans", style, set(font.getBestCmap()))
    for script in ("Arabic", "Devanagari", "Hebrew", "Thai"):
        for style in ("Regular", "Bold"):
            font = TTFont(fonts / SCRIPT.format(script=script, style=style))
            write(font, f"Invoice {script}", style, set(font.getBestCmap()))
    write(TTFont(fonts / CJK, fontNumber=0), "Invoice CJK", "Regular", cjk_characters())


if __name__ == "__main__":
    main(Path(sys.argv[1]))
