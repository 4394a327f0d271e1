"""Writes significance.json, the figures that significance_test.go compares with.

    pip install scipy==1.17.1 statsmodels==0.15.0 && python3 significance.py
"""
import json
import numpy as np
from scipy import stats
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.power import TTestIndPower, TTestPower

random = np.random.default_rng(7)
tests, powers = [], []
for n, m, shift in [(2, 2, 1), (3, 3, 0.4), (5, 5, 0.1), (10, 10, -0.3), (3, 6, 0.5), (2, 5, -1)]:
    first, other = random.normal(0, 1, n).round(4), random.normal(shift, 0.5, m).round(4)
    for kind in ["pairs", "groups"]:
        if kind == "pairs" and n != m:
            continue
        result = stats.ttest_rel(other, first) if kind == "pairs" else stats.ttest_ind(other, first, equal_var=False)
        low, high = result.confidence_interval()
        tests.append(dict(kind=kind, first=first.tolist(), other=other.tolist(), p=result.pvalue, low=low, high=high,
                          mean_interval=stats.t.interval(0.95, n - 1, first.mean(), stats.sem(first))))
for effect in [3, 1.5, 1, 0.5, 0.25]:
    n = int(np.ceil(TTestPower().solve_power(effect, power=0.8, alpha=0.05)))
    m = int(np.ceil(TTestIndPower().solve_power(effect, power=0.8, alpha=0.05)))
    powers.append(dict(effect=effect, pairs=n, groups=m))
p = [0.01, 0.04, 0.03, 0.005, 0.2, 0.011]
json.dump(dict(
    tests=tests, seeds=powers,
    holm=dict(p=p, adjusted=multipletests(p, method="holm")[1].tolist()),
    mcnemar=[dict(first=b, other=c, p=mcnemar([[0, b], [c, 0]], exact=True).pvalue) for b, c in [(0, 3), (5, 1), (20, 41), (112, 83), (300, 300)]],
), open("significance.json", "w"))
