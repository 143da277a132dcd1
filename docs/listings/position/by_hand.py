def turn(x, position):
    for _ in range(position):  # a quarter turn for each position
        x = [-x[1], x[0]]
    return x


def score(q, k):
    return q[0] * k[0] + q[1] * k[1]


q, k = [3, 1], [2, 1]
turned_q = [turn(q, i) for i in range(6)]
turned_k = [turn(k, j) for j in range(6)]
table = [[score(a, b) for b in turned_k] for a in turned_q]

print("q", *turned_q)
print("k", *turned_k)
for row in table:
    print(*(f"{s:3d}" for s in row))
