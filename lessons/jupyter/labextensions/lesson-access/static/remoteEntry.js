// JupyterLab 플러그인: ipywidgets와 JupyterLab에서 파이썬으로는 고칠 수 없는 것을, 키보드와 화면 낭독기를 쓰는 사람에게 맞게 고칩니다.
// 창이 좁으면 파일 목록도 접습니다. 없어도 패널은 그대로 움직입니다. 빌드 도구 없이 쓴 모듈 연합(module federation)의 가장 작은 꼴입니다.

function describe(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    if (element.getAttribute(name) !== String(value)) element.setAttribute(name, value);
  }
}

// 손잡이는 이름이 없고, 값을 소수 한 자리로 반올림하거나(aria-valuenow) 1.0999999999999996이라고 하며(aria-valuetext), 로그 슬라이더는 지수를 말합니다.
// 감추어 둔 글(readout)에 다듬은 값이, 수 칸에 이름과 범위가 있습니다. valuenow가 그대로이면 움직여도 말하지 않는 낭독기가 있습니다.
function describeSlider(slider) {
  const handle = slider.querySelector(".noUi-handle");
  const readout = slider.querySelector(".widget-readout")?.textContent;
  const box = slider.closest(".widget-hbox")?.querySelector(".widget-text");
  const range = box?.querySelector("input");
  if (!handle || !readout || !range) return;
  const value = Number(readout.replace("−", "-"));
  describe(handle, {
    "aria-label": box.querySelector(".widget-label").textContent,
    "aria-valuemin": range.min, "aria-valuemax": range.max, "aria-valuenow": value, "aria-valuetext": value,
  });
}

// name이 같아야 한 무리입니다: Tab은 고른 것 하나에만 서고, 화살표로 옮깁니다.
let groups = 0;
function describeRadios(group) {
  describe(group, { role: "radiogroup", "aria-label": group.querySelector(".widget-label").textContent });
  groups += 1;
  for (const radio of group.querySelectorAll("input")) radio.name = `lesson-radio-${groups}`;
}

// 단추 앞의 그림(::before에 든 아이콘 글꼴의 글자)까지 이름에 들어가지 않게, 글만 이름으로 삼습니다.
function describePlay(button) {
  describe(button, { "aria-label": button.textContent.trim() });
}

// 재생하는 동안에는 설명글을 읽지 않고, 멈추면 멈춘 자리의 것을 한 번 읽습니다. 낭독기가 polite를 알아챌 틈을 두고 설명글을 새로 끼웁니다.
function hushWhilePlaying(panel) {
  const status = panel.querySelector("[role=status]");
  const playing = panel.querySelector(".widget-toggle-button.mod-active") !== null;
  if (!status || playing === (status.getAttribute("aria-live") === "off")) return;
  status.setAttribute("aria-live", playing ? "off" : "polite");
  if (playing) return;
  setTimeout(() => {
    const caption = panel.querySelector(".lesson-caption p");
    if (status.getAttribute("aria-live") === "polite") caption?.replaceWith(caption.cloneNode(true));
  }, 1000);
}

function describePanel(panel) {
  panel.querySelectorAll(".widget-slider").forEach(describeSlider);
  panel.querySelectorAll(".widget-radio:not([role])").forEach(describeRadios);
  panel.querySelectorAll(".widget-toggle-button").forEach(describePlay);
  hushWhilePlaying(panel);
}

// 보기의 단추들은 무엇을 묻는지 말하지 않습니다. 물음을 무리의 이름으로 삼습니다.
function describePrediction(prediction) {
  const question = prediction.querySelector("p")?.textContent;
  if (question) describe(prediction, { role: "group", "aria-label": question });
}

// JupyterLab은 라디오 단추와 펼침 목록에서 누른 화살표 키까지 제 단축키로 여겨 다음 칸으로 갑니다. Ctrl+S 같은 것은 그대로 둡니다.
function keepPlainKeys(event) {
  const plain = !event.ctrlKey && !event.metaKey && event.key !== "Enter";
  if (plain && event.target.matches(".lesson-panel input[type=radio], .lesson-panel select")) event.stopPropagation();
}

// 바뀐 곳을 품은 것과, 새로 붙은 것과 그 안에 있는 것.
function touched(records, name) {
  const added = records.flatMap(({ addedNodes }) => [...addedNodes]).filter(node => node.nodeType === Node.ELEMENT_NODE);
  const around = [...records.map(({ target }) => target), ...added].map(element => element.closest(name));
  return new Set([...around.filter(each => each), ...added.flatMap(node => [...node.querySelectorAll(name)])]);
}

function watch(records) {
  const outside = records.filter(({ target }) => !target.closest(".lesson-foreground"));      // 움직이는 그림에는 말할 것이 없습니다.
  touched(outside, ".lesson-panel").forEach(describePanel);
  touched(outside, ".lesson-predict").forEach(describePrediction);
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
  description: "Makes the lessons' panels usable by keyboard and screen reader, and folds the file list in narrow windows.",
  autoStart: true,
  activate: app => {
    // class도 봅니다: ipywidgets는 요소를 붙인 뒤에 lesson-panel 같은 이름을 달기도 합니다.
    new MutationObserver(watch).observe(document.body, { childList: true, subtree: true, attributeFilter: ["class"] });
    document.body.addEventListener("keydown", keepPlainKeys);
    foldWhenNarrow(app);
  },
};

(window._JUPYTERLAB ??= {})["lesson-access"] = {
  init() {},
  get: async () => () => ({ __esModule: true, default: plugin }),
};
