"""브라우저로 보내는 SVG: 움직일 때마다 다시 그리는 글자, 표식(marker), 막대, 격자 그림을 matplotlib과 같게, 몇 배 빨리 씁니다.

matplotlib은 글자를 그릴 때마다 글꼴을 읽어 크기를 재고, 표식마다 요소를 하나씩 씁니다. 나머지와, 파일로 남기는 그림(SVG, PNG, PDF)은
모두 matplotlib이 그립니다.
"""

import base64
import io
import re

import matplotlib as mpl
import numpy as np
from matplotlib.backends.backend_svg import RendererSVG
from matplotlib.colors import to_hex
from matplotlib.image import AxesImage, imsave
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.text import Text

from lessons import style


class Label(Text):
    """움직일 때마다 바뀌는 짧은 글자 한 줄: `axes.add_artist(Label(x, y, ha="center", va="center"))`.

    브라우저로 보내는 SVG에서는 크기를 재지 않고 자리 맞춤을 브라우저에 맡깁니다. 파일로 남기는 그림은 matplotlib의 글자 그대로입니다.
    """

    _ANCHORS = {"left": "start", "center": "middle", "right": "end"}
    _BASELINES = {"baseline": "auto", "center": "central"}

    def draw(self, renderer):
        if not isinstance(renderer, RendererSVG) or mpl.rcParams["svg.fonttype"] != "none":
            super().draw(renderer)
        elif self.get_visible() and self.get_text():
            x, y = self.get_transform().transform(self.get_position())
            renderer.writer.element("text", self.get_text(), attrib={
                "x": f"{x:.2f}", "y": f"{renderer.height - y:.2f}",
                "style": f"font-size: {self.get_fontsize():g}px; font-family: sans-serif; fill: {style.INK}; "
                         f"text-anchor: {self._ANCHORS[self.get_ha()]}; dominant-baseline: {self._BASELINES[self.get_va()]}"})


# 표식마다, 그 가운데에서 시작하는 SVG의 길(path). r은 반지름입니다.
OUTLINES = {
    "o": lambda r: f"m{-r:g} 0a{r:g} {r:g} 0 1 0 {2 * r:g} 0a{r:g} {r:g} 0 1 0 {-2 * r:g} 0z",
    "s": lambda r: f"m{-r:g} {-r:g}h{2 * r:g}v{2 * r:g}h{-2 * r:g}z",
    "D": lambda r: "m0 {0:g}l{1:g} {1:g} {0:g} {1:g} {0:g} {0:g}z".format(-r * 2**0.5, r * 2**0.5),
    "^": lambda r: f"m0 {-r:g}l{r:g} {2 * r:g}h{-2 * r:g}z",
    "v": lambda r: f"m0 {r:g}l{r:g} {-2 * r:g}h{-2 * r:g}z",
}


def draw(artist, renderer):
    """움직이는 것 하나를 그립니다."""
    if not artist.get_visible():
        return
    for plain, draw_plain in ((_is_plain_markers, _draw_markers), (_is_plain_bar, _draw_bar), (_is_plain_image, _draw_image)):
        if plain(artist):
            return draw_plain(artist, renderer)
    artist.draw(renderer)


def _is_plain_markers(artist):
    """선 없이 한 가지 색의 표식만."""
    return (type(artist) is Line2D and artist.get_linestyle() == "None" and artist.get_marker() in OUTLINES
            and artist.get_markerfacecolor() == artist.get_markeredgecolor())


def _draw_markers(line, renderer):
    """축 안의 표식이 수백 개라도 길 하나로 씁니다. 겹친 곳이 더 짙어지지 않고, 축의 끝에 걸친 표식도 잘리지 않습니다."""
    (left, bottom), (right, top) = line.axes.bbox.get_points() + [[-0.5], [0.5]]
    outline, alpha = OUTLINES[line.get_marker()](line.get_markersize() / 2), line.get_alpha()
    color, places = to_hex(line.get_markerfacecolor()), line.get_transform().transform(line.get_xydata()).tolist()
    renderer.writer.element("path", attrib={
        "d": "".join([f"M{x:.2f} {renderer.height - y:.2f}{outline}" for x, y in places if left <= x <= right and bottom <= y <= top]),
        "style": f"fill: {color}; stroke: {color}; stroke-width: {line.get_markeredgewidth():g}; stroke-linejoin: miter; "
                 f"opacity: {1 if alpha is None else alpha:g}"})


def _is_plain_bar(artist):
    """테두리도 무늬도 없는 네모."""
    return type(artist) is Rectangle and not artist.get_hatch() and 0 in (artist.get_linewidth(), artist.get_edgecolor()[3])


def _draw_bar(bar, renderer):
    """축 안에 있는 만큼만 그립니다."""
    x, y = bar.get_xy()
    corners = bar.get_data_transform().transform([(x, y), (x + bar.get_width(), y + bar.get_height())])
    low, high = bar.axes.bbox.get_points()
    (x0, y0), (x1, y1) = np.minimum(np.maximum(corners, low), high).tolist()
    *_, alpha = color = bar.get_facecolor()
    renderer.writer.element("path", attrib={
        "d": f"M{x0:.2f} {renderer.height - y0:.2f}H{x1:.2f}V{renderer.height - y1:.2f}H{x0:.2f}z",
        "style": f"fill: {to_hex(color)}; opacity: {alpha:g}"})


def _is_plain_image(artist):
    """화소를 섞지 않고 축을 채우는, 통째로 비치지 않는 imshow."""
    return type(artist) is AxesImage and artist.get_interpolation() == "none" and artist.get_alpha() is None


def _draw_image(image, renderer):
    """칸마다 화소 하나인 PNG를 브라우저가 늘이게 합니다."""
    pixels = image.to_rgba(image.get_array(), bytes=True)
    left, right, bottom, top = image.get_extent()
    (x0, y0), (x1, y1) = image.axes.transData.transform([(left, bottom), (right, top)]).tolist()
    png = io.BytesIO()
    imsave(png, pixels, format="png", origin=image.origin, metadata={"Software": None})
    renderer.writer.element("image", attrib={
        "x": f"{x0:.2f}", "y": f"{renderer.height - y1:.2f}", "width": f"{x1 - x0:.2f}", "height": f"{y1 - y0:.2f}",
        "preserveAspectRatio": "none", "style": "image-rendering: crisp-edges; image-rendering: pixelated",
        "href": f"data:image/png;base64,{base64.b64encode(png.getvalue()).decode()}"})


def inline(svg, width, height):
    """matplotlib의 SVG 문서를 노트북에 넣을 조각으로: 쪽 전체에 번지는 <style>을 떼고 색을 테마에 맡깁니다."""
    body = svg[svg.index("</defs>", svg.index("<style")) + len("</defs>"):]
    body = body.replace(style.INK, "currentColor").replace(style.PAPER, "var(--jp-layout-color0, white)")
    body = re.sub(r"font-family: [^;\"]*", f"font-family: {style.BROWSER_FONTS}", body)
    return (f'<svg viewBox="0 0 {width:g} {height:g}" aria-hidden="true" style="display:block;width:100%;height:auto;'
            f'stroke-linejoin:round;stroke-linecap:butt">{body}')
