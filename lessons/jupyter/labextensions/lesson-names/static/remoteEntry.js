// JupyterLab 플러그인: ipywidgets에서는 붙일 길이 없는 이름을 화면 낭독기에 말해 줍니다. 없어도 패널은 그대로 움직입니다.
// 빌드 도구 없이 쓴 모듈 연합(module federation)의 가장 작은 꼴입니다.

function name(panel) {
  for (const handle of panel.querySelectorAll(".noUi-handle:not([aria-label])")) {
    const label = handle.closest(".widget-hbox")?.querySelector(".widget-text .widget-label")?.textContent;
    if (label) handle.setAttribute("aria-label", label);
  }
  for (const group of panel.querySelectorAll(".widget-radio:not([role])")) {
    group.setAttribute("role", "radiogroup");
    group.setAttribute("aria-label", group.querySelector(".widget-label").textContent);
  }
  // 로그 슬라이더의 손잡이는 지수를 말합니다. 감추어 둔 글(readout)에 진짜 값이 있습니다.
  for (const slider of panel.querySelectorAll(".lesson-log")) {
    const value = slider.querySelector(".widget-readout")?.textContent;
    if (value) slider.querySelector(".noUi-handle")?.setAttribute("aria-valuetext", value);
  }
}

function watch(records) {
  const panels = records.filter(({ target }) => !target.closest(".lesson-foreground"))
    .map(({ target }) => target.closest(".lesson-panel"));
  new Set(panels).forEach(panel => panel && name(panel));
}

const plugin = {
  id: "lesson-names:plugin",
  description: "Names the sliders and radio groups of the lessons' panels.",
  autoStart: true,
  activate: () => new MutationObserver(watch).observe(document.body, { childList: true, subtree: true }),
};

(window._JUPYTERLAB ??= {})["lesson-names"] = {
  init() {},
  get: async () => () => ({ __esModule: true, default: plugin }),
};
