/** The printed tip's style sheet: black on white, A4 and Letter alike, a mark on each page. Nothing is fetched. */
import type { Tlp } from "../core/audience.ts";

/** TLP 2.0's colours (FIRST): on black, as its guide has them. */
const tlpColours: Record<Tlp, string> = {
  red: "#ff2b2b",
  "amber+strict": "#ffc000",
  amber: "#ffc000",
  green: "#33ff00",
  clear: "#ffffff",
};

/** `tlp` is one of a fixed list; nothing else reaches the sheet. */
export const printStyle = (tlp: Tlp): string => `
@page{margin:18mm 14mm 20mm;
@top-right{content:"TLP:${tlp.toUpperCase()}";font:700 9pt sans-serif}
@bottom-left{content:"Intelligence lead, not evidence";font:8pt sans-serif}
@bottom-right{content:"Page " counter(page) " of " counter(pages);font:8pt sans-serif}}
*{box-sizing:border-box}
html{-webkit-print-color-adjust:exact;print-color-adjust:exact}
body{margin:0 auto;max-width:190mm;color:#111;background:#fff;font:10pt/1.4 system-ui,"Segoe UI",Roboto,"Noto Sans",sans-serif}
header{border-bottom:2px solid #111;padding-bottom:8pt;margin-bottom:10pt}
.tlp{display:inline-block;background:#000;color:${tlpColours[tlp]};font-weight:700;font-size:12pt;padding:2pt 8pt}
.lead{display:inline-block;margin-left:8pt;font-weight:700;font-size:12pt}
h1{font-size:18pt;line-height:1.2;margin:10pt 0 2pt;overflow-wrap:anywhere}
h2{font-size:12pt;margin:16pt 0 4pt;break-after:avoid}
p{margin:3pt 0;overflow-wrap:anywhere}
.dim{color:#444}
.box{border:1.5pt solid #111;padding:6pt 8pt;margin:8pt 0;break-inside:avoid}
.box p:first-child{font-weight:700;margin-top:0}
.text{white-space:pre-wrap}
dl{display:grid;grid-template-columns:36mm 1fr;gap:2pt 8pt;margin:4pt 0}
dt{color:#444}
dd{margin:0;overflow-wrap:anywhere}
code{font:8.5pt/1.35 ui-monospace,Menlo,Consolas,"DejaVu Sans Mono",monospace;overflow-wrap:anywhere;word-break:break-all}
table{border-collapse:collapse;width:100%;table-layout:fixed;font-size:8.5pt;line-height:1.3}
thead{display:table-header-group}
tr{break-inside:avoid}
th{text-align:left;border-bottom:1pt solid #111;padding:2pt 6pt 2pt 0;vertical-align:bottom}
td{border-bottom:.5pt solid #bbb;padding:3pt 6pt 3pt 0;vertical-align:top;overflow-wrap:anywhere}
.no{width:9mm;color:#444}.what{width:24mm}.whose{width:25mm}.sure{width:14mm}.more{width:50mm}
.id{display:block}
.review{font-weight:700}
@media screen{body{padding:12mm}}
`;
