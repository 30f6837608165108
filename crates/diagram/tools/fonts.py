"""Makes public/fonts out of the npm packages @fontsource-variable/inter and @fontsource-variable/jetbrains-mono.

Keeps the weights that the product uses and drops what replaces characters by context: the ligatures of JetBrains Mono
turn `->` and `::` into something that SQL does not say, and measured widths hold only without them.

    npm install --prefix /tmp/fonts @fontsource-variable/inter@5.3.0 @fontsource-variable/jetbrains-mono@5.3.0
    /tmp/fonts/bin/python crates/diagram/tools/fonts.py /tmp/fonts/node_modules
"""

import sys

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

FAMILIES = {"inter": (400, 600), "jetbrains-mono": 400}
FEATURES = ["kern", "mark", "mkmk", "ccmp", "locl", "tnum"]

for family, weights in FAMILIES.items():
    for part in ["latin", "latin-ext"]:
        package = f"{sys.argv[1]}/@fontsource-variable/{family}"
        font = TTFont(f"{package}/files/{family}-{part}-wght-normal.woff2")
        options = Options(layout_features=FEATURES, hinting=False, name_IDs=["*"], notdef_outline=True)
        subsetter = Subsetter(options)
        subsetter.populate(unicodes=font.getBestCmap())
        subsetter.subset(font)
        font = instantiateVariableFont(font, {"wght": weights})
        font.flavor = "woff2"
        font.save(f"public/fonts/{family}-{part}.woff2")

# What the server draws pictures with: one file a weight and script, because its renderer takes no variable fonts.
for family, weights in {"inter": [400, 600], "jetbrains-mono": [400]}.items():
    for part in ["latin", "latin-ext", "cyrillic", "greek"]:
        for weight in weights:
            package = f"{sys.argv[1]}/@fontsource-variable/{family}"
            font = TTFont(f"{package}/files/{family}-{part}-wght-normal.woff2")
            subsetter = Subsetter(Options(layout_features=["kern", "mark", "mkmk", "ccmp"], hinting=False))
            subsetter.populate(unicodes=font.getBestCmap())
            subsetter.subset(font)
            font = instantiateVariableFont(font, {"wght": weight}, updateFontNames=False)
            font["OS/2"].usWeightClass = weight
            font.flavor = None
            font.save(f"server/fonts/{family}-{part}-{weight}.ttf")
