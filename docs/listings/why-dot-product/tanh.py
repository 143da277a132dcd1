import numpy as np

x = np.array([-20.0, -2.0, 0.0, 2.0, 20.0])
bent = np.tanh(x)
slope = 1 - bent**2
print("x     ", x)
print("tanh  ", bent.round(2))
print("slope ", slope.round(2))
