"""03_linear_collapse의 패널: 선형 층은 아무리 쌓아도 한 층이고, ReLU 층은 그렇지 않습니다."""

import numpy as np

import activations as act
from lessons import style
from lessons.exercise import Case, Exercise, Lesson, Mistake, Predict
from lessons.panel import Choice, Panel, Slider, set_heights

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
        self.between, = stack.plot([0], [0], color=style.INK, alpha=0.25, linewidth=1)
        self.single, = stack.plot(self.x, self.x, color=style.SKY, linewidth=6, label="한 층: $c^n x$")
        self.stack, = stack.plot(self.x, self.x, "o", color=style.VERMILLION, markersize=4, label="n층: h(h(⋯h(x)))")
        slope.set(title="층의 수에 따른 기울기", xlabel="층의 수", ylabel="기울기", xlim=(0, 10.5), ylim=(-3e3, 3e3))
        slope.set_yscale("symlog", linthresh=1e-3, linscale=1)
        slope.set_yticks([-1e3, -1, -1e-3, 0, 1e-3, 1, 1e3], ["−1000", "−1", "−0.001", "0", "0.001", "1", "1000"])
        slope.minorticks_off()
        self.slopes, = slope.plot([1], [1], "s-", color=style.BLUE, linewidth=1, markersize=5)
        figure.legend(handles=[self.stack, self.single], loc="outside lower center", ncols=2)
        return [self.between, self.single, self.stack, self.slopes]

    def update(self, c, depth):
        network = scalar_layers(c, depth)
        x = self.x[:, np.newaxis]
        partials = [act.collapse(network.layers[:k]) for k in range(1, depth + 1)]
        ends = np.array([[-3.0], [3.0], [np.nan]])          # nan에서 끊어, 여러 직선을 선 하나로 그립니다.
        self.between.set_data(np.tile(ends.T, depth), np.concatenate([partial(ends) for partial in partials]))
        slopes, single = [partial.W[0, 0] for partial in partials], partials[-1]
        self.stack.set_ydata(network(x)[:, 0])
        self.single.set_ydata(single(x)[:, 0])
        self.slopes.set_data(np.arange(1, depth + 1), slopes)
        return (f"c = {c:.2f}, n = {depth}: 층을 {depth}번 지난 점들이 모두 직선 하나 위에 있습니다. "
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
                  xlim=(-60, 60), ylim=(-60, 60))
        match.plot([-60, 60], [-60, 60], color=style.INK, alpha=0.4, linewidth=1)
        self.points, = match.plot([], [], "o", color=style.VERMILLION, alpha=0.7, markersize=5, markeredgewidth=0)
        values.set(title="합친 행렬 W의 특잇값", xlabel="몇 번째 특잇값", ylabel="크기", xticks=[1, 2, 3, 4],
                   yscale="log", ylim=(1e-6, 100))
        values.set_yticks([1e-6, 1e-4, 1e-2, 1, 100], ["0.000001", "0.0001", "0.01", "1", "100"])
        values.minorticks_off()
        self.bars = values.bar([1, 2, 3, 4], [1, 1, 1, 1], width=0.5, color=style.BLUE)
        return [self.points, self.bars]

    def update(self, activation, width, seed):
        network = random_layers((4, 4, width, 4, 4), activation, seed)
        single = act.collapse(without_activation(network))
        stacked, one = network(self.x), single(self.x)
        self.points.set_data(one.ravel(), stacked.ravel())
        set_heights(self.bars, np.linalg.svd(single.W, compute_uv=False))
        gap = np.abs(stacked - one).max()
        rank = np.linalg.matrix_rank(single.W)
        verdict = "1e-12 이하(반올림 오차뿐)" if gap <= 1e-12 else f"{gap:.3g}(서로 다른 함수)"
        return (f"{act.ACTIVATIONS[activation].korean}, 가운데 폭 {width}: "
                f"|네 층 − 행렬 하나|의 최댓값은 {verdict}입니다. 합친 행렬 W의 계수(rank)는 {rank}입니다.")


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


def collapse_two(W1, b1, W2, b2):
    """두 아핀 층을 합친 (W, b): 연습의 참고 답."""
    return W1 @ W2, b1 @ W2 + b2


def _affine_pair(*sizes):
    rng = np.random.default_rng(sum(sizes))
    first, middle, last = sizes
    return (rng.normal(size=(first, middle)), rng.normal(size=middle), rng.normal(size=(middle, last)), rng.normal(size=last))


lesson = Lesson(
    "03_linear_collapse",
    predictions={
        "stack": Predict(
            "c = 0.8인 층을 세 번 지나는 함수 h(h(h(x)))의 그래프는 어떤 모양일까요?",
            {"층마다 조금씩 휘어서 곡선이 된다": "곧은 것을 곧은 것에 넣으면 휠 곳이 없습니다. 휘려면 곧지 않은 함수가 하나는 있어야 합니다.",
             "기울기가 0.8인 직선 그대로이다": "두 번째 층은 x가 아니라 이미 0.8배가 된 값을 받습니다.",
             "기울기가 2.4(= 0.8 × 3)인 직선이 된다": "층을 지날 때마다 더하는 것이 아니라 곱합니다.",
             "기울기가 0.512(= 0.8³)인 직선이 된다": None},
            answer="기울기가 0.512(= 0.8³)인 직선이 된다",
            why="층을 지날 때마다 0.8을 곱하므로 0.8 × 0.8 × 0.8 = 0.512입니다. 세 층이 한 층과 같습니다."),
        "affine": Predict(
            "xW + b 꼴의 층을 활성화 함수 없이(항등 함수로) 네 개 쌓으면 어떻게 될까요?",
            {"편향이 있으므로 한 층으로 합칠 수 없다": "앞 층의 편향은 뒤 층의 행렬을 지나 또 하나의 편향이 될 뿐입니다.",
             "행렬의 크기가 모두 같을 때만 합칠 수 있다": "앞 층의 출력 수와 뒤 층의 입력 수만 맞으면(그래야 쌓을 수 있습니다) 곱할 수 있습니다.",
             "크기가 달라도, 편향이 있어도 언제나 합칠 수 있다": None},
            answer="크기가 달라도, 편향이 있어도 언제나 합칠 수 있다",
            why="행렬은 행렬끼리 곱해 하나가 되고, 편향도 하나로 모입니다. 아래에서 증명합니다."),
        "relu": Predict(
            "ReLU 함수의 그래프는 곧은 선 두 개를 이은 것입니다. 맞는 말은 무엇일까요?",
            {"곧은 선으로만 되어 있으므로 선형이다. 쌓으면 합쳐진다": "선형이라면 h(x + y) = h(x) + h(y)가 늘 맞아야 합니다. 아래 칸에서 확인해 보세요.",
             "조각마다 선형일 뿐 선형이 아니다. 쌓으면 꺾이는 점이 늘어날 수 있다": None,
             "선형이 아니므로 쌓은 신경망의 그래프는 매끄러운 곡선이 된다": "곧은 조각을 곧은 조각에 넣으면 역시 곧은 조각입니다. 휘지 않고 더 자주 꺾입니다."},
            answer="조각마다 선형일 뿐 선형이 아니다. 쌓으면 꺾이는 점이 늘어날 수 있다",
            why="조각마다 선형이지만, 조각이 바뀌는 자리에서 기울기가 달라집니다."),
    },
    exercises={
        "collapse": Exercise(
            "아핀 층 두 개를 합친 (W, b)를 돌려주는 함수", collapse_two,
            cases=[Case(_affine_pair(1, 1, 1), "뉴런이 하나씩인 층"), Case(_affine_pair(3, 3, 3), "정사각 행렬"),
                   Case(_affine_pair(2, 5, 3), "크기가 다른 층")],
            mistakes=[
                Mistake("편향을 더하기만", lambda W1, b1, W2, b2: (W1 @ W2, b1 + b2),
                        "첫 층의 편향도 둘째 층의 행렬을 지납니다. b₁이 지나는 길을 따라가 보세요."),
                Mistake("첫 편향을 잊음", lambda W1, b1, W2, b2: (W1 @ W2, b2),
                        "첫 층의 편향 b₁이 사라졌습니다. (xW₁ + b₁)W₂ + b₂를 끝까지 펼쳐 보세요."),
                Mistake("곱의 순서", lambda W1, b1, W2, b2: (W2 @ W1, b1 @ W2 + b2),
                        "행렬의 곱은 순서를 바꾸면 달라집니다. x가 왼쪽에서 W₁을 먼저 만납니다."),
                Mistake("원소별 곱", lambda W1, b1, W2, b2: (W1 * W2, b1 * W2 + b2),
                        "*는 원소끼리의 곱입니다. 행렬의 곱은 @입니다."),
            ]),
        "find_c": Exercise(
            "열 층을 지나면 출력이 입력의 1/1000이 되는 양수 c", 1000 ** -0.1, tolerance=5e-3,
            mistakes=[
                Mistake("나누기", 1 / 10_000, "1/1000을 그대로 쓰거나 10으로 나누는 것이 아닙니다. c를 열 번 곱해 1/1000이 되어야 합니다."),
                Mistake("역수", 1000**0.1, "그 c로는 열 층 뒤에 1000배가 됩니다. 줄어들어야 하니 1보다 작은 수입니다."),
                Mistake("세제곱근", 0.1, "그것은 세 층일 때의 답입니다(0.1³ = 1/1000). 층이 열 개입니다."),
            ]),
    })
predict, check, progress = lesson.predict, lesson.check, lesson.progress
