// JupyterLab 플러그인: ipywidgets에서는 붙일 길이 없는 이름을 화면 낭독기에 말해 주고, 좁은 창에서는 파일 목록을 접습니다.
// 없어도 패널은 그대로 움직입니다.
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

// 창이 좁아지면(화면을 크게 키워도 그렇습니다) 그림에 남는 자리가 글자를 읽기에 모자랍니다. 넓어져도 저절로 펴지는 않습니다.
async function foldWhenNarrow(app) {
  await app.restored;
  const narrow = matchMedia("(max-width: 1024px)");
  const fold = () => narrow.matches && app.shell.collapseLeft();
  narrow.addEventListener("change", fold);
  fold();
}

const plugin = {
  id: "lesson-access:plugin",
  description: "Names the sliders and radio groups of the lessons' panels and folds the file list in narrow windows.",
  autoStart: true,
  activate: app => {
    new MutationObserver(watch).observe(document.body, { childList: true, subtree: true });
    foldWhenNarrow(app);
  },
};

(window._JUPYTERLAB ??= {})["lesson-access"] = {
  init() {},
  get: async () => () => ({ __esModule: true, default: plugin }),
};
