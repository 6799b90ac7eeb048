/** The one style sheet: system fonts, both colour schemes, nothing loaded from anywhere. */
export const STYLE = `
:root { color-scheme: light dark; --line: light-dark(#d0d7de, #3d444d); --soft: light-dark(#f6f8fa, #151b23); --link: light-dark(#0969da, #4493f8);
  --good: light-dark(#1a7f37, #3fb950); --bad: light-dark(#cf222e, #f85149); --wait: light-dark(#9a6700, #d29922); --main: light-dark(#1f883d, #238636); }
* { box-sizing: border-box; }
body { margin: 0; font: 14px/1.5 system-ui, sans-serif; background: light-dark(#fff, #0d1117); color: light-dark(#1f2328, #f0f6fc); }
header { display: flex; gap: 1.5rem; align-items: center; flex-wrap: wrap; padding: .7rem 1.2rem; background: var(--soft); border-bottom: 1px solid var(--line); }
header nav { display: flex; gap: .3rem 1rem; flex: 1; flex-wrap: wrap; } .home { font-weight: 600; color: inherit; }
a { color: var(--link); text-decoration: none; } a:hover { text-decoration: underline; }
main { max-width: 62rem; margin: 1.2rem auto; padding: 0 1.2rem; } footer { max-width: 62rem; margin: 2rem auto; padding: 0 1.2rem; }
h1 { font-size: 1.5rem; font-weight: 500; margin: .2rem 0 .6rem; } h2 { font-size: 1.15rem; margin: 1.4rem 0 .5rem; }
.box { border: 1px solid var(--line); border-radius: 6px; margin: 0 0 1rem; overflow: hidden; }
.box > .head { background: var(--soft); padding: .4rem .9rem; overflow-wrap: anywhere; } .box > .head + .body { border-top: 1px solid var(--line); }
.box > .body { padding: .6rem .9rem; overflow-x: auto; } .box > .body > :first-child { margin-top: 0; } .box > .body > :last-child { margin-bottom: 0; }
table { border-collapse: collapse; margin: .5rem 0; } th, td { border: 1px solid var(--line); padding: .25rem .6rem; text-align: left; vertical-align: top; }
code { font: 12.5px/1.45 ui-monospace, monospace; background: var(--soft); padding: .1em .3em; border-radius: 4px; }
pre { background: var(--soft); padding: .7rem; border-radius: 6px; overflow-x: auto; } pre code { padding: 0; background: none; }
textarea, input[type=text], select { font: inherit; width: 100%; padding: .35rem .5rem; border: 1px solid var(--line); border-radius: 6px; background: transparent; color: inherit; }
header select { width: auto; } textarea { min-height: 6rem; } label.field { display: block; margin: .8rem 0; } .hint { opacity: .75; margin: 0 0 .2rem; }
button { font: inherit; padding: .3rem .9rem; border-radius: 6px; border: 1px solid var(--line); background: var(--soft); color: inherit; cursor: pointer; margin: .2rem .3rem .2rem 0; }
a.main { display: inline-block; padding: .3rem .9rem; border-radius: 6px; } button.main, a.main { background: var(--main); color: #fff; border-color: transparent; }
.state { display: inline-block; padding: .15rem .7rem; border-radius: 1rem; color: #fff; background: var(--main); } .state.closed { background: #cf222e; } .state.merged { background: #8250df; }
.mark { display: inline-block; min-width: 1.2em; font-weight: 700; } .good { color: var(--good); } .bad { color: var(--bad); } .wait { color: var(--wait); }
.label { border: 1px solid var(--line); border-radius: 1rem; padding: 0 .6rem; font-size: 12px; } .tabs { display: flex; gap: 1rem; border-bottom: 1px solid var(--line); margin-bottom: 1rem; padding-bottom: .4rem; }
.problem { border: 1px solid var(--bad); border-radius: 6px; padding: .6rem .9rem; } .list { list-style: none; padding: 0; } .list li { border-bottom: 1px solid var(--line); padding: .5rem 0; }
.diff { white-space: pre; overflow-x: auto; font: 12.5px/1.45 ui-monospace, monospace; } .diff > div { width: max-content; min-width: 100%; } .diff span { display: block; }
.lines { counter-reset: line; } .lines span::before { counter-increment: line; content: counter(line); display: inline-block; width: 3.5em; padding-right: 1em; text-align: right; opacity: .5; } .lines span:target { background: light-dark(#fff8c5, #2e2a1f); }
.steps { list-style: none; padding: 0; margin: .2rem 0; } textarea.code { font: 12.5px/1.45 ui-monospace, monospace; min-height: 24rem; white-space: pre; } :target { scroll-margin-top: 1rem; } .box:target { border-color: var(--link); } .add { background: light-dark(#dafbe1, #12261e); } .del { background: light-dark(#ffebe9, #25171c); } .hunk { color: var(--link); }
.muted { opacity: .75; } a.muted { color: inherit; } .tabs a[aria-current] { color: inherit; font-weight: 600; }
@media (max-width: 40rem) { header { gap: .6rem; } main { padding: 0 .6rem; } header .home { flex-basis: 100%; } td code { overflow-wrap: anywhere; } td:first-child code { white-space: nowrap; } th, td { padding: .25rem .4rem; } .box > .body { padding: .6rem; } }
`
