from press.formula import relations

good = r"1\times4+2\times5+3\times6=32"
bad = r"1\times4+2\times5+3\times7=32"

for tex in (good, bad):
    print(tex)
    for chain in relations(tex):
        print(list(chain.failures()) or "holds")
