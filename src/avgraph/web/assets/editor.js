// The SPARQL editor: a text area stays the form's field, and works without this script.
import { autocompletion, closeBrackets, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { bracketMatching, HighlightStyle, StreamLanguage, syntaxHighlighting } from "@codemirror/language";
import { sparql } from "@codemirror/legacy-modes/mode/sparql";
import { EditorState, Prec } from "@codemirror/state";
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";

const area = document.getElementById("query");
const form = document.getElementById("editor");

const KEYWORDS = ("SELECT DISTINCT WHERE OPTIONAL UNION MINUS FILTER BIND VALUES GRAPH PREFIX ASK CONSTRUCT DESCRIBE " +
  "ORDER BY ASC DESC LIMIT OFFSET GROUP HAVING COUNT SUM AVG MIN MAX SAMPLE GROUP_CONCAT AS EXISTS NOT IN IF COALESCE " +
  "STR LANG LCASE UCASE CONTAINS STRSTARTS STRENDS REGEX REPLACE YEAR BOUND").split(" ");
const keywords = KEYWORDS.map((label) => ({ label, type: "keyword" }));

// The vocabulary of this graph: what is used, how often, and what it means.
let vocabulary = null;
async function terms() {
  vocabulary ??= fetch(form.dataset.vocabulary).then((answer) => answer.json()).then((told) =>
    [...told.classes, ...told.properties].map((term) => ({
      label: term.name, type: term.kind, detail: term.label || "", info: term.comment || undefined,
      boost: Math.min(50, Math.log2(1 + term.n)),
    })));
  return vocabulary;
}

async function complete(context) {
  const variable = context.matchBefore(/[?$]\w*/);
  if (variable) {
    const names = new Set([...context.state.doc.toString().matchAll(/[?$]\w+/g)].map((found) => found[0]));
    names.delete(variable.text);
    return { from: variable.from, options: [...names].map((label) => ({ label, type: "variable" })), validFor: /^[?$]\w*$/ };
  }
  const word = context.matchBefore(/[\w-]*:?[\w-]*/);
  if (!word || (word.from === word.to && !context.explicit)) return null;
  let known = [];
  try { known = await terms(); } catch { vocabulary = null; }
  const wanted = word.text.toLowerCase();
  // A term is found by its label, too: "director" gives schema:director, "Regisseur" what is labelled so.
  const options = wanted.includes(":") || !wanted ? known
    : [...keywords, ...known.filter((term) => `${term.label} ${term.detail}`.toLowerCase().includes(wanted))];
  return { from: word.from, options, filter: wanted.includes(":") || !wanted };
}

const look = HighlightStyle.define([
  { tag: tags.keyword, color: "var(--link)", fontWeight: "600" },
  { tag: [tags.string, tags.special(tags.string)], color: "var(--good)" },
  { tag: tags.comment, color: "var(--soft)", fontStyle: "italic" },
  { tag: [tags.variableName, tags.definition(tags.variableName)], color: "var(--warn)" },
]);
const theme = EditorView.theme({
  "&": { border: "1px solid var(--soft)", borderRadius: ".3rem", background: "var(--paper)", color: "var(--ink)" },
  "&.cm-focused": { outline: "3px solid var(--focus)", outlineOffset: "1px" },
  ".cm-scroller": { fontFamily: "ui-monospace, SFMono-Regular, Menlo, 'DejaVu Sans Mono', monospace", fontSize: ".9rem", lineHeight: "1.5" },
  ".cm-content": { minHeight: "14rem", caretColor: "var(--ink)" },
  ".cm-cursor": { borderLeftColor: "var(--ink)" },
  ".cm-gutters": { background: "var(--tint)", color: "var(--soft)", border: "0" },
  ".cm-activeLine": { background: "color-mix(in srgb, var(--tint) 60%, transparent)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": { background: "color-mix(in srgb, var(--accent) 30%, transparent)" },
  ".cm-tooltip": { background: "var(--raised)", color: "var(--ink)", border: "1px solid var(--line)" },
  ".cm-tooltip-autocomplete ul li[aria-selected]": { background: "var(--accent)", color: "var(--accent-ink)" },
  ".cm-completionDetail": { fontStyle: "normal", opacity: ".75" },
});

// In a shadow tree the editor's styles need no style element, which the page's policy would refuse.
const host = document.createElement("div");
const root = host.attachShadow({ mode: "open" });
area.after(host);
const view = new EditorView({
  parent: root,
  root,
  state: EditorState.create({
    doc: area.value,
    extensions: [
      lineNumbers(), history(), drawSelection(), highlightActiveLine(), bracketMatching(), closeBrackets(),
      StreamLanguage.define(sparql), syntaxHighlighting(look), theme, EditorView.lineWrapping,
      autocompletion({ override: [complete], icons: false }),
      EditorView.contentAttributes.of({ "aria-label": area.labels[0].textContent }),
      // Tab leaves the editor, as in any other field: who uses the keyboard is not caught in it.
      Prec.high(keymap.of([{ key: "Ctrl-Enter", mac: "Cmd-Enter", run: () => { form.requestSubmit(); return true; } }])),
      keymap.of([...completionKeymap, ...historyKeymap, ...defaultKeymap]),
      EditorView.updateListener.of((update) => { if (update.docChanged) area.value = update.state.doc.toString(); }),
    ],
  }),
});
area.hidden = true;
area.required = false;

const place = form.dataset.line && { line: Number(form.dataset.line), column: Number(form.dataset.column) };
if (place && place.line <= view.state.doc.lines) {
  const line = view.state.doc.line(place.line);
  view.dispatch({ selection: { anchor: Math.min(line.to, line.from + place.column - 1) }, scrollIntoView: true });
  view.focus();
}
