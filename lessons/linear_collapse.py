"""03_linear_collapse의 패널: 선형 층은 아무리 쌓아도 한 층이고, ReLU 층은 그렇지 않습니다."""

import numpy as np

import activations as act
from lessons import style
from lessons.panel import Choice, Panel, Slider

SUPERSCRIPT = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
SEED = Slider("난수 시드", 0, 20, start=3, step=1)


def scalar_layers(c, depth):
    """h(x) = cx를 depth번 쌓은 신경망: 입력도 출력도 하나이고 편향은 0입니다."""
    layers = [act.Dense(1, input_dim=1) for _ in range(depth)]
    for layer in layers:
        layer.W[:] = c
    return act.Network(layers)


def random_layers(sizes, activation, seed):
    """sizes = (입력 수, 은닉 수, …, 출력 수)인 신경망. 마지막 층은 항등 함수이고 편향도 난수입니다."""
    rng = np.random.default_rng(seed)
    names = [activation] * (len(sizes) - 2) + ["linear"]
    layers = [act.Dense(units, input_dim=inputs, init="he_normal", activation=name, rng=rng)
              for inputs, units, name in zip(sizes, sizes[1:], names)]
    for layer in layers:
        layer.b[:] = rng.normal(size=layer.b.shape)
    return act.Network(layers)


def without_activation(network):
    """같은 가중치와 편향에서 활성화 함수만 뺀 신경망."""
    layers = []
    for layer in network.layers:
        plain = act.Dense(layer.W.shape[1], input_dim=layer.W.shape[0])
        plain.W, plain.b = layer.W, layer.b
        layers.append(plain)
    return act.Network(layers)


class StackOfLines(Panel):
    """h(x) = cx를 n번 쌓은 함수와 한 번에 곱한 cⁿx."""

    controls = {"c": Slider("기울기 c", -2, 2, start=0.8), "depth": Slider("층의 수 n", 1, 10, start=3, step=1, play=True)}

    def draw(self, figure):
        stack, slope = figure.subplots(1, 2)
        self.x = np.linspace(-3, 3, 13)
        stack.set(title="쌓은 층과 한 층", xlabel="입력 x", ylabel="출력", xlim=(-3, 3), ylim=(-4, 4))
        self.between = stack.plot(self.x, np.tile(self.x[:, None], 10), color=style.INK, alpha=0.25, linewidth=1)
        self.single, = stack.plot(self.x, self.x, color=style.SKY, linewidth=6, label="한 층: cⁿx")
        self.stack, = stack.plot(self.x, self.x, "o", color=style.VERMILLION, markersize=4, label="n층: h(h(⋯h(x)))")
        slope.set(title="층을 지날 때마다의 기울기", xlabel="층의 수", ylabel="기울기", xlim=(0, 10.5), ylim=(-3e3, 3e3))
        slope.set_yscale("symlog", linthresh=1e-3, linscale=1)
        slope.set_yticks([-1e3, -1, -1e-3, 0, 1e-3, 1, 1e3], ["−1000", "−1", "−0.001", "0", "0.001", "1", "1000"])
        slope.minorticks_off()
        self.slopes, = slope.plot([1], [1], "s-", color=style.BLUE, linewidth=1, markersize=5)
        figure.legend(handles=[self.stack, self.single], loc="outside lower center", ncols=2)
        return [self.between, self.single, self.stack, self.slopes]

    def update(self, c, depth):
        network = scalar_layers(c, depth)
        x = self.x[:, np.newaxis]
        slopes = []
        for k, line in enumerate(self.between):
            line.set_visible(k < depth)
            if k < depth:
                partial = act.collapse(network.layers[: k + 1])
                line.set_ydata(partial(x)[:, 0])
                slopes.append(partial.W[0, 0])
        single = act.collapse(network)
        self.stack.set_ydata(network(x)[:, 0])
        self.single.set_ydata(single(x)[:, 0])
        self.slopes.set_data(np.arange(1, depth + 1), slopes)
        return (f"c = {c:.1f}, n = {depth}: 층을 {depth}번 지난 점들이 모두 직선 하나 위에 있습니다. "
                f"직선의 기울기는 c{str(depth).translate(SUPERSCRIPT)} = {single.W[0, 0]:.4g}입니다.")


class RandomLayers(Panel):
    """난수로 만든 네 층(4 → 4 → 폭 → 4 → 4)과, 그 가중치를 모두 곱한 행렬 하나."""

    controls = {
        "activation": Choice("은닉층의 활성화 함수", {"항등 함수": "linear", "ReLU 함수": "relu"}),
        "width": Slider("가운데 층의 폭", 1, 4, start=4, step=1),
        "seed": SEED,
    }

    def draw(self, figure):
        match, values = figure.subplots(1, 2)
        self.x = np.random.default_rng(0).normal(size=(24, 4))
        match.set(title="네 층의 출력과 행렬 하나의 출력", xlabel="행렬 하나: xW + b", ylabel="네 층을 차례로",
                  xlim=(-20, 20), ylim=(-20, 20))
        match.plot([-20, 20], [-20, 20], color=style.INK, alpha=0.4, linewidth=1)
        self.points, = match.plot([], [], "o", color=style.VERMILLION, markersize=4, alpha=0.7)
        values.set(title="곱한 행렬 W의 특잇값", xlabel="몇 번째 특잇값", ylabel="크기", xticks=[1, 2, 3, 4],
                   yscale="log", ylim=(1e-3, 30))
        values.set_yticks([1e-3, 1e-2, 1e-1, 1, 10], ["0.001", "0.01", "0.1", "1", "10"])
        values.minorticks_off()
        self.bars = values.bar([1, 2, 3, 4], [1, 1, 1, 1], width=0.5, color=style.BLUE)
        return [self.points, self.bars]

    def update(self, activation, width, seed):
        network = random_layers((4, 4, width, 4, 4), activation, seed)
        single = act.collapse(without_activation(network))
        stacked, one = network(self.x), single(self.x)
        self.points.set_data(one.ravel(), stacked.ravel())
        for bar, value in zip(self.bars, np.linalg.svd(single.W, compute_uv=False)):
            bar.set_height(value)
        gap = np.abs(stacked - one).max()
        rank = np.linalg.matrix_rank(single.W)
        verdict = "1e-12 이하(반올림 오차뿐)" if gap <= 1e-12 else f"{gap:.3g}(서로 다른 함수)"
        return (f"{act.ACTIVATIONS[activation].korean}, 가운데 폭 {width}: "
                f"|네 층 − 행렬 하나|의 최댓값 {verdict}. 곱한 행렬 W의 계수(rank) {rank}.")


class LinearPieces(Panel):
    """입력 하나, 출력 하나인 신경망의 그래프는 몇 개의 선형 조각으로 되어 있을까요."""

    controls = {
        "activation": Choice("은닉층의 활성화 함수", {"ReLU 함수": "relu", "항등 함수": "linear"}),
        "width": Slider("은닉층의 폭", 1, 16, start=6, step=1),
        "depth": Slider("은닉층의 수", 1, 4, start=2, step=1),
        "seed": SEED,
    }

    def draw(self, figure):
        axes = figure.add_subplot(title="신경망의 출력과 꺾이는 점", xlabel="입력 x", xlim=(-4, 4), ylim=(-2.6, 2.6),
                                  ylabel="출력(크기를 맞춤)")
        self.line, = axes.plot([-4, 4], [-2, 2], color=style.BLUE, label="출력")
        self.knots, = axes.plot([0], [0], "o", color=style.VERMILLION, markersize=5, label="꺾이는 점")
        figure.legend(handles=[self.line, self.knots], loc="outside right upper")
        return [self.line, self.knots]

    def update(self, activation, width, depth, seed):
        network = random_layers((1, *[width] * depth, 1), activation, seed)
        knots = act.breakpoints(network, -4.0, 4.0)
        x = np.concatenate([[-4.0], knots, [4.0]])
        y = network(x[:, np.newaxis])[:, 0]
        middle, half = (y.max() + y.min()) / 2, (y.max() - y.min()) / 2
        y = 2 * (y - middle) / max(half, 1e-9)      # 꺾이는 모양만 비교하려고 크기와 높이를 맞춥니다.
        self.line.set_data(x, y)
        self.knots.set_data(knots, y[1:-1])
        return (f"{act.ACTIVATIONS[activation].korean}, 폭 {width}, 은닉층 {depth}개: "
                f"[−4, 4]에서 {len(knots)}번 꺾이므로 선형 조각은 {len(knots) + 1}개입니다.")
