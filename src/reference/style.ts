/** The pages' one style sheet, for wide and narrow screens, light and dark. Its hash stands in the Content-Security-Policy. */
export const style = `
:root{--ink:#1c2430;--dim:#566273;--paper:#fff;--panel:#f5f7f9;--line:#dce2e8;--link:#0b57b0;--get:#0a6b4b;--post:#0b57b0;--put:#8a5300;--delete:#b3261e}
@media(prefers-color-scheme:dark){:root{--ink:#e4e9ef;--dim:#9aa7b6;--paper:#11161d;--panel:#1a212b;--line:#2d3744;--link:#7db7ff;--get:#5fd0a5;--post:#7db7ff;--put:#f0b35c;--delete:#ff9a92}}
*{box-sizing:border-box}
html{scroll-padding-top:1rem;-webkit-text-size-adjust:100%}
body{margin:0;background:var(--paper);color:var(--ink);font:1rem/1.55 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
a{color:var(--link);text-decoration:none}
a:hover,a:focus-visible{text-decoration:underline}
:focus-visible{outline:2px solid var(--link);outline-offset:2px}
.skip{position:absolute;left:-99rem}
.skip:focus{left:1rem;top:1rem;background:var(--paper);padding:.5rem 1rem;z-index:1}
.frame{max-width:80rem;margin:0 auto;padding:0 1rem 4rem}
main{min-width:0}
.toc{padding:1rem 0;border-bottom:1px solid var(--line);font-size:.9rem}
.toc ol{list-style:none;margin:0;padding:0}
.toc>ol{display:flex;flex-wrap:wrap;gap:.25rem 1rem}
.toc ol ol{display:none}
h1{font-size:2rem;line-height:1.2;margin:2rem 0 .5rem}
h2{font-size:1.5rem;line-height:1.25;margin:3.5rem 0 .5rem;padding-top:1rem;border-top:1px solid var(--line)}
h3{font-size:1.1rem;line-height:1.3;margin:2.75rem 0 .35rem}
h4{font-size:.8rem;letter-spacing:.04em;text-transform:uppercase;color:var(--dim);margin:1.4rem 0 .4rem}
p,.plain{max-width:46rem;margin:.5rem 0}
.lead{font-size:1.1rem;color:var(--dim)}
code,pre{font:.875em/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
p code,td code,li code{background:var(--panel);padding:.1em .3em;border-radius:3px;overflow-wrap:anywhere}
pre{background:var(--panel);border:1px solid var(--line);border-radius:6px;padding:.75rem 1rem;margin:.4rem 0;overflow:auto;max-height:28rem}
.route{display:flex;flex-wrap:wrap;gap:.3rem .6rem;align-items:baseline;font-size:.95rem}
.method{font-weight:700}
.GET{color:var(--get)}.POST{color:var(--post)}.PUT,.PATCH{color:var(--put)}.DELETE{color:var(--delete)}
.route .path{overflow-wrap:anywhere}
.tag{border:1px solid var(--line);border-radius:99px;padding:0 .6rem;font-size:.8rem;color:var(--dim);white-space:nowrap}
table{border-collapse:collapse;width:100%;font-size:.925rem}
th{text-align:left;font-weight:600;color:var(--dim);font-size:.8rem}
th,td{padding:.4rem .75rem .4rem 0;border-bottom:1px solid var(--line);vertical-align:top}
td.name{width:38%;overflow-wrap:anywhere}
td.name .type{display:block;color:var(--dim);font-size:.85rem;overflow-wrap:anywhere}
td.status{width:4rem;font-variant-numeric:tabular-nums}
td.number{width:22%;font-variant-numeric:tabular-nums}
.must{color:var(--delete);font-size:.8rem;margin-left:.35rem}
.rule{color:var(--dim);font-size:.85rem;overflow-wrap:anywhere}
details{margin:.5rem 0}
summary{cursor:pointer;color:var(--link)}
@media(min-width:64rem){
.frame.wide{display:grid;grid-template-columns:17rem minmax(0,1fr);gap:3rem}
.wide .toc{position:sticky;top:0;align-self:start;max-height:100vh;overflow:auto;border:0;padding:2rem 0}
.wide .toc>ol{display:block}
.wide .toc>ol>li{margin:0 0 .6rem}
.wide .toc ol ol{display:block;margin:.1rem 0 0;padding-left:.75rem;border-left:1px solid var(--line)}
}
@media(max-width:40rem){
h1{font-size:1.6rem}
thead{position:absolute;left:-99rem}
tr{display:block;border-bottom:1px solid var(--line);padding:.4rem 0}
td,td.name,td.status,td.number{display:block;width:auto;border:0;padding:.1rem 0}
pre{border-radius:0;margin-left:-1rem;margin-right:-1rem;border-left:0;border-right:0}
}
@media print{.toc{display:none}pre{max-height:none}}
`;
