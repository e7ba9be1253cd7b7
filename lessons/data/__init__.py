"""강의에서 쓰는 두 자료: 붓꽃(Iris)과 8×8 손글씨 숫자. 출처와 이용 허락은 같은 폴더의 README.md에 있습니다."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Dataset:
    """자료 하나: x (표본 수, 특성 수) float64, t (표본 수,) 정수 레이블, 특성과 클래스의 이름."""

    x: np.ndarray
    t: np.ndarray
    feature_names: tuple
    class_names: tuple


def load_iris():
    """붓꽃 150송이: 특성 4개(cm), 클래스 3개, 클래스마다 50송이. 피셔(Fisher, 1936)의 논문과 같은 값입니다."""
    table = np.loadtxt(FOLDER / "iris.csv", delimiter=",", skiprows=1)
    features = ("꽃받침 길이", "꽃받침 너비", "꽃잎 길이", "꽃잎 너비")
    return Dataset(table[:, :4].copy(), table[:, 4].astype(np.int64), features, ("세토사", "버시컬러", "버지니카"))


def load_digits():
    """8×8 손글씨 숫자 1,797장: 특성은 화소 64개의 밝기(0–16), 클래스는 숫자 0–9. x[k].reshape(8, 8)이 그림 한 장입니다."""
    with np.load(FOLDER / "digits.npz") as file:
        x, t = file["x"].astype(np.float64), file["t"].astype(np.int64)
    features = tuple(f"{row}행 {column}열" for row in range(1, 9) for column in range(1, 9))
    return Dataset(x, t, features, tuple(f"숫자 {digit}" for digit in range(10)))


def standardized(x):
    """특성마다 평균 0, 표준편차 1로 맞춘 x (표본 수, 특성 수). 늘 같은 값인 특성은 0이 됩니다."""
    deviation = x.std(axis=0)
    return (x - x.mean(axis=0)) / np.where(deviation > 0, deviation, 1.0)
