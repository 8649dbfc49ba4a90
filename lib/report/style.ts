/** The page's colours and layout: light and dark, from a phone's width to paper. */
export const STYLE = `
:root{color-scheme:light dark;--page:#f4f6f9;--surface:#fff;--sunken:#eef1f6;--text:#18212d;--soft:#4d5a6b;--line:#d5dce5;--accent:#0b57d0;--on-accent:#fff;--good:#146c2e;--good-back:#e1f3e6;--warning:#7a4a00;--warning-back:#fdf0d5;--error:#a3201a;--error-back:#fce4e2;--bar:#7aa7f0;--bar-strong:#0b57d0;--shadow:0 1px 2px rgb(16 24 40/.06),0 4px 16px rgb(16 24 40/.05)}
@media (prefers-color-scheme:dark){:root{--page:#0f1319;--surface:#181e27;--sunken:#212935;--text:#e7ecf3;--soft:#a9b4c3;--line:#323c4a;--accent:#8ab4f8;--on-accent:#0b1a33;--good:#8fd6a4;--good-back:#16301f;--warning:#fbc86a;--warning-back:#382a10;--error:#f5a9a3;--error-back:#3d1b19;--bar:#41619b;--bar-strong:#8ab4f8;--shadow:none}}
*{box-sizing:border-box}
html{scroll-behavior:smooth;scroll-padding-top:1rem;-webkit-text-size-adjust:100%;text-size-adjust:100%}
@media (prefers-reduced-motion:reduce){html{scroll-behavior:auto}}
body{margin:0;background:var(--page);color:var(--text);font:400 1rem/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;overflow-wrap:break-word}
.skip{position:absolute;left:-999rem;top:0;z-index:2;padding:.5rem 1rem;background:var(--accent);color:var(--on-accent)}
.skip:focus{left:0}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px;border-radius:3px}
main:focus{outline:none}
header{background:var(--surface);border-bottom:1px solid var(--line)}
.inner,.columns{max-width:96rem;margin:0 auto;padding:0 1rem}
.inner{padding-top:1.5rem;padding-bottom:1.5rem}
.eyebrow{margin:0;color:var(--soft);font-size:.875rem}
h1{margin:0 0 .5rem;font-size:clamp(1.6rem,5vw,2.4rem);line-height:1.15;letter-spacing:-.02em}
h2{margin:0 0 1rem;font-size:1.35rem;line-height:1.25;letter-spacing:-.01em}
h3{margin:1.75rem 0 .5rem;font-size:1.05rem;line-height:1.35}
p{margin:.5rem 0}
ul{margin:.5rem 0;padding-left:1.25rem}
a{color:var(--accent)}
.verdict{display:flex;flex-wrap:wrap;gap:.25rem .75rem;align-items:baseline;margin:.5rem 0 1.25rem}
.verdict strong{padding:.15rem .75rem;border-radius:1rem}
.verdict span{color:var(--soft)}
.unknown strong{background:var(--sunken)}
.good strong{background:var(--good-back);color:var(--good)}
.verdict.warning strong{background:var(--warning-back);color:var(--warning)}
.verdict.error strong{background:var(--error-back);color:var(--error)}
.figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(9.5rem,1fr));gap:.75rem;margin:0}
.figures>div{padding:.75rem .9rem;background:var(--sunken);border-radius:.6rem}
.figures dt{color:var(--soft);font-size:.875rem}
.figures dd{margin:0;font-size:.875rem;color:var(--soft)}
.figures .value{color:var(--text);font-size:1.45rem;font-weight:650;line-height:1.3;font-variant-numeric:tabular-nums}
.columns{display:grid;gap:1rem;padding-top:1rem;padding-bottom:3rem}
nav ul{display:flex;flex-wrap:wrap;gap:.4rem;margin:0;padding:0;list-style:none}
nav a{display:block;padding:.35rem .75rem;border:1px solid var(--line);border-radius:1rem;background:var(--surface);text-decoration:none;font-size:.9rem}
nav a:hover{border-color:var(--accent)}
main{display:grid;gap:1rem;min-width:0}
section{padding:1.25rem 1rem;background:var(--surface);border:1px solid var(--line);border-radius:.8rem;box-shadow:var(--shadow);min-width:0}
section>:last-child{margin-bottom:0}
.note,.note a{color:var(--soft);font-size:.9rem}
@media (min-width:64rem){
section{padding:1.5rem}
td.number{white-space:nowrap}
}
@media (min-width:90rem){
.columns{grid-template-columns:11rem minmax(0,1fr);gap:1.5rem}
nav{position:sticky;top:1rem;align-self:start}
nav ul{display:block}
nav a{border:0;background:none;border-radius:.4rem;padding:.35rem .6rem}
nav a:hover{background:var(--sunken)}
}
.drawing{margin:0}
.drawing svg{display:block;width:100%;max-width:76rem;height:auto;margin:0 auto;background:none}
.drawing figcaption{margin-top:.5rem;color:var(--soft);font-size:.9rem}
.narrow-only{display:none}
.scroll{overflow-x:auto}
.scroll svg{min-width:calc(var(--natural)*.8);max-width:calc(var(--natural)*1.15)}
svg [data-address]{cursor:pointer}
table{width:100%;border-collapse:collapse;margin:.5rem 0 1rem;font-size:.93rem}
caption{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
th{padding:.4rem .6rem;text-align:left;font-weight:600;color:var(--soft);font-size:.85rem;border-bottom:1px solid var(--line);overflow-wrap:normal}
td{padding:.5rem .6rem;vertical-align:top;border-bottom:1px solid var(--line)}
tbody tr:last-child td{border-bottom:0}
th:first-child,td:first-child{padding-left:0}
th:last-child,td:last-child{padding-right:0}
.number{text-align:right;font-variant-numeric:tabular-nums}
.whole{white-space:nowrap}
code{overflow-wrap:anywhere;font:.87em/1.45 ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace}
code.block{display:block;padding:.4rem .6rem;background:var(--sunken);border-radius:.4rem;white-space:pre-wrap}
.link{display:inline;padding:0;border:0;background:none;color:var(--accent);font:inherit;text-align:left;text-decoration:underline;text-decoration-thickness:1px;text-underline-offset:2px;cursor:pointer;overflow-wrap:anywhere}
.link:hover{text-decoration-thickness:2px}
.bar{display:block;min-width:6rem;height:.6rem;margin-top:.45rem;border-radius:.3rem;background:linear-gradient(to right,var(--bar) calc(100%*var(--part)),transparent 0) var(--sunken)}
.bar.double{background:linear-gradient(to right,var(--bar-strong) calc(100%*var(--half)),var(--bar) 0 calc(100%*var(--part)),transparent 0) var(--sunken)}
.tag{display:inline-block;padding:0 .5rem;border-radius:1rem;background:var(--sunken);font-size:.82rem;font-weight:600;line-height:1.6;white-space:nowrap}
.findings{list-style:none;padding:0;margin:0}
.findings>li{padding:.75rem 1rem;margin:.75rem 0;border-left:4px solid var(--line);background:var(--sunken);border-radius:.3rem}
.findings>li.error{border-color:var(--error)}
.findings>li.warning{border-color:var(--warning)}
.error>p>.tag,.danger>.tag{background:var(--error-back);color:var(--error)}
.warning>p>.tag,.note>.tag,.preview{background:var(--warning-back);color:var(--warning)}
.changes{list-style:none;padding:0}
.changes li{padding:.3rem 0}
.changes li.note{color:inherit;font-size:inherit}
.added>.tag{background:var(--good-back);color:var(--good)}
.removed>.tag,.replaced>.tag{background:var(--warning-back);color:var(--warning)}
.changes .safely{padding-left:1.5rem}
details{margin:.5rem 0}
summary{cursor:pointer;color:var(--accent)}
td details,dd details{margin:0}
.ask{padding:1rem;margin:.5rem 0 1rem;background:var(--sunken);border-radius:.6rem}
.ask h3{margin:0 0 .5rem}
.ask>:last-child{margin-bottom:0}
.ask textarea{min-width:min(100%,30rem)}
.fields{display:flex;flex-wrap:wrap;gap:.75rem;align-items:end}
label{display:block;font-size:.875rem;color:var(--soft)}
label.wide{flex:1 1 16rem}
input,select,textarea{display:block;width:100%;margin-top:.2rem;padding:.5rem .6rem;border:1px solid var(--soft);border-radius:.4rem;background:var(--surface);color:var(--text);font:inherit;font-size:1rem}
input,select{height:2.7rem}
textarea{font-family:ui-monospace,monospace}
.ask [type=submit],dialog .close{padding:.5rem 1.1rem;border:1px solid var(--accent);border-radius:.4rem;background:var(--accent);color:var(--on-accent);font:inherit;font-weight:600;cursor:pointer}
output{display:block}
output:empty{display:none}
.answer{margin:.75rem 0 0;padding:.75rem 1rem;background:var(--surface);border-left:4px solid var(--accent);border-radius:.3rem}
.answer p{margin:.2rem 0}
.answer .to{font-size:1.05rem}
.answer.refused{border-color:var(--error)}
dialog{width:min(44rem,calc(100% - 1.5rem));max-height:calc(100% - 3rem);padding:0;border:1px solid var(--line);border-radius:.8rem;background:var(--surface);color:var(--text);box-shadow:0 12px 48px rgb(0 0 0/.3);overflow-y:auto}
dialog::backdrop{background:rgb(10 14 20/.5)}
dialog .bar-top{position:sticky;top:0;display:flex;gap:1rem;justify-content:space-between;align-items:start;padding:1rem 1.25rem;background:var(--surface);border-bottom:1px solid var(--line)}
dialog h2{margin:0;font-size:1.15rem}
dialog .body{padding:.75rem 1.25rem 1.25rem}
dialog summary code{overflow-wrap:anywhere}
dialog h3{margin:1rem 0 0}
dialog dl{display:grid;grid-template-columns:minmax(0,2fr) minmax(0,3fr);margin:.75rem 0 0;font-size:.93rem}
dialog dt,dialog dd{margin:0;padding:.3rem 0;border-top:1px solid var(--line)}
dialog dt{padding-right:1rem;color:var(--soft)}
dialog dd{white-space:pre-wrap;overflow-wrap:anywhere}
@media screen and (max-width:47.99rem){
.wide-only{display:none}
.narrow-only{display:block}
table,tbody,tr,td{display:block}
thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
tr{padding:.6rem 0;border-bottom:1px solid var(--line)}
tbody tr:last-child{border-bottom:0}
td{display:grid;grid-template-columns:7rem minmax(0,1fr);gap:.5rem;padding:.15rem 0;border:0}
td::before{content:attr(data-label);color:var(--soft);font-size:.85rem}
td[data-empty]{display:none}
.number{text-align:left}
dialog dl{display:block}
dialog dd{border:0;padding-top:0}
}
@media (forced-colors:active){
.bar{forced-color-adjust:none}
.figures>div,.tag,.verdict strong,.ask,.answer{border:1px solid}
}
@media print{
@page{size:A4;margin:14mm}
:root{--page:#fff;--surface:#fff;--sunken:#f2f4f7;--text:#111;--soft:#444;--line:#ccc;--accent:#0b3f99;--good:#146c2e;--good-back:#e1f3e6;--warning:#7a4a00;--warning-back:#fdf0d5;--error:#a3201a;--error-back:#fce4e2;--bar:#9ab9ee;--bar-strong:#0b57d0;--shadow:none;color-scheme:light}
html{font-size:9pt}
.figures{grid-template-columns:repeat(5,1fr)}
nav,.skip,.ask,.drawing+.note,dialog{display:none}
.scroll svg{min-width:0}
.columns{display:block;padding:0}
.inner{padding:0 0 6mm}
section{border:0;padding:0 0 4mm;border-radius:0;background:none}
h2,h3{break-after:avoid}
tr,.findings>li,.drawing,.figures>div{break-inside:avoid}
.verdict strong,.tag,.bar,.figures>div,code.block,.findings>li{print-color-adjust:exact;-webkit-print-color-adjust:exact}
.link{color:inherit;text-decoration:none}
details::details-content{content-visibility:visible;display:block;height:auto}
}
`.trim();
