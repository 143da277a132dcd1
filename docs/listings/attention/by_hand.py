import math

query = [2, 0, 2, 0]
keys = [[1, 0, 1, 0], [0, 1, 0, 2], [1, 1, 0, 0]]
values = [[10, 0, 0, 4, 5], [0, 10, 0, 8, 5], [0, 0, 10, 0, 5]]


def dot(a, b):
    return sum(x * y for x, y in zip(a, b, strict=True))


score = [dot(query, key) for key in keys]
divided = [s / math.sqrt(len(query)) for s in score]
powers = [math.exp(s) for s in divided]
share = [p / sum(powers) for p in powers]
columns = zip(*values, strict=True)  # one feature of every value
mixed = [dot(share, column) for column in columns]

print("scores ", score)
print("divided", divided)
print("powers ", [round(p, 2) for p in powers])
print("sum    ", round(sum(powers), 2))
print("weights", [round(w, 3) for w in share])
print("output ", [round(m, 2) for m in mixed])
