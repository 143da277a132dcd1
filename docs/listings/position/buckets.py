from math import log

n_buckets, far = 32, 128  # in the decoder of T5
near = n_buckets // 2  # these hold one distance each


def bucket(distance):
    if distance < near:
        return distance
    share = log(distance / near) / log(far / near)
    return min(near + int(share * near), n_buckets - 1)


found = [bucket(distance) for distance in range(1000)]
starts = [found.index(b) for b in range(n_buckets)]
print("distance", *(f"{d:2}" for d in range(4, 22)))
print("bucket  ", *(f"{b:2}" for b in found[4:22]))
print("far buckets begin at")
print(*starts[near:], sep=", ")
assert found == sorted(found)
assert set(found) == set(range(n_buckets))
