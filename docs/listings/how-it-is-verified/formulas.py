from press.values.relations import relations

good = r"3\times6=18"
bad = r"3\times7=18"

for tex in (good, bad):
    print(tex)
    for chain in relations(tex):
        print(*(list(chain.failures()) or ["holds"]))
