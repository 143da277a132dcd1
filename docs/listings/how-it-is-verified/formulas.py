from press.values.relations import relations
from press.values.tex import read_tex

good = r"3\times6=18"
bad = r"3\times7=18"

for tex in (good, bad):
    print(tex)
    for chain in relations(read_tex(tex)):
        print(*(list(chain.failures()) or ["holds"]))
