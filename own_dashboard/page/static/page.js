// Asks once a second whether anything changed, and then swaps the changed parts only: the scroll
// position, the selected tab, opened details and the focus stay.
"use strict";

const PERIOD_MILLISECONDS = 1000;
// The Sheet's own rules depend on the time of day: look again even where nothing was written.
const LONGEST_MILLISECONDS = 60_000;

const STYLE_ELEMENT = /<style id="cell-styles"[^>]*>([^<]*)<\/style>/;

const inner = (id) => document.getElementById(id);
const parts = (root) => [...root.querySelectorAll("[data-part]")];
let version = document.body.dataset.version;
let shownAt = Date.now();
let written = new Map(parts(document).map((part) => [part.id, part.innerHTML]));

async function poll() {
  try {
    const answer = await fetch("version", { cache: "no-store" });
    if (!answer.ok) throw new Error(answer.statusText);
    const newest = await answer.text();
    if (newest !== version || Date.now() - shownAt > LONGEST_MILLISECONDS) await refresh();
    say(true);
  } catch {
    say(false);
  }
  setTimeout(poll, PERIOD_MILLISECONDS);
}

async function refresh() {
  const answer = await fetch(location.pathname + location.search, { cache: "no-store" });
  if (!answer.ok) throw new Error(answer.statusText);
  // The style element holds the nonce of another answer: only its text is taken over.
  let rules = "";
  const text = (await answer.text()).replace(STYLE_ELEMENT, (_, css) => { rules = css; return ""; });
  const fresh = new DOMParser().parseFromString(text, "text/html");
  inner("cell-styles").textContent = rules;
  const next = parts(fresh);
  const texts = new Map(next.map((part) => [part.id, part.innerHTML]));
  if (String([...texts.keys()]) === String([...written.keys()])) {
    for (const part of next) {
      if (part.innerHTML !== written.get(part.id)) swap(inner(part.id), part);
    }
  } else {
    swap(document.querySelector("main"), fresh.querySelector("main"));
    swap(inner("status"), fresh.getElementById("status"));
  }
  written = texts;
  version = fresh.body.dataset.version;
  shownAt = Date.now();
  prepare();
}

function swap(old, fresh) {
  const focused = old.contains(document.activeElement) ? document.activeElement.id : "";
  const opened = [...old.querySelectorAll("details[open]")].map((details) => details.id);
  old.replaceChildren(...fresh.childNodes);
  for (const id of opened) inner(id)?.setAttribute("open", "");
  if (focused) inner(focused)?.focus({ preventScroll: true });
}

function say(alive) {
  document.documentElement.dataset.alive = alive;
  inner("pulse-words").textContent = document.body.dataset[alive ? "live" : "lost"];
}

// What only makes sense with a script: tabs without a new page, buttons that copy, cells to edit.
function prepare() {
  // Over http from another device, browsers give no clipboard.
  for (const button of document.querySelectorAll("button[data-copy]")) button.hidden = !navigator.clipboard;
  for (const control of document.querySelectorAll("[data-cell]")) control.disabled = false;
  for (const tab of document.querySelectorAll("[role=tab]")) {
    tab.tabIndex = tab.getAttribute("aria-selected") === "true" ? 0 : -1;
  }
}

function select(tab) {
  for (const other of document.querySelectorAll("[role=tab]")) {
    other.setAttribute("aria-selected", String(other === tab));
    other.removeAttribute("aria-current");
    inner(other.getAttribute("aria-controls")).hidden = other !== tab;
  }
  tab.setAttribute("aria-current", "page");
  history.replaceState(null, "", tab.href);
  const other = document.querySelector("a.language");
  const address = new URL(other.href);
  address.searchParams.set("tab", tab.getAttribute("aria-controls"));
  other.href = address.href;
  inner("notice").textContent = "";
  prepare();
  tab.scrollIntoView({ block: "nearest", inline: "nearest" });
}

document.addEventListener("click", async (event) => {
  const tab = event.target.closest("[role=tab]");
  if (tab && !(event.ctrlKey || event.metaKey || event.shiftKey)) {
    event.preventDefault();
    select(tab);
  }
  const button = event.target.closest("button[data-copy]");
  if (button) {
    await navigator.clipboard.writeText(button.previousElementSibling.textContent);
    const words = button.textContent;
    button.textContent = document.body.dataset.copied;
    setTimeout(() => { button.textContent = words; }, 1500);
  }
});

document.addEventListener("change", async (event) => {
  const control = event.target.closest("[data-cell]");
  if (!control) return;
  const value = { checkbox: control.checked, number: control.valueAsNumber }[control.type] ?? control.value;
  control.disabled = true;
  try {
    const answer = await fetch("cells" + location.search, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ cell: control.dataset.cell, was: control.dataset.was, value }),
    });
    const words = await answer.json();
    if (!answer.ok) written.clear();  // what the person typed gives way to what the Sheet holds
    await refresh();
    tell(words.saved ?? words.error, answer.ok);
  } catch {
    tell(document.body.dataset.lost, false);
  }
  control.disabled = false;
});

function tell(words, good) {
  const notice = inner("notice");
  notice.textContent = words;
  notice.classList.toggle("bad", !good);
}

document.addEventListener("keydown", (event) => {
  const tab = event.target.closest("[role=tab]");
  if (!tab) return;
  const tabs = [...document.querySelectorAll("[role=tab]")];
  const at = tabs.indexOf(tab);
  const goal = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: tabs.length - 1, " ": at }[event.key];
  if (goal === undefined) return;
  event.preventDefault();
  const chosen = tabs[(goal + tabs.length) % tabs.length];
  select(chosen);
  chosen.focus();
});

prepare();
poll();
