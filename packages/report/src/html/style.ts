// The style sheet of the report: the theme's variables, one column on a phone, two beside each other where there is room.
import { fontStack, themeCss } from '../theme';

export const styleSheet = `${themeCss(':root')}
:root{color-scheme:light dark}
*{box-sizing:border-box}
body{margin:0;background:var(--md-page);color:var(--md-ink);font:16px/1.5 ${fontStack};-webkit-text-size-adjust:100%}
main{max-width:75rem;margin:0 auto;padding:2.5rem 1.25rem 4rem}
h1{font-size:1.75rem;line-height:1.25;letter-spacing:-.01em;margin:0}
h2{font-size:1.0625rem;margin:0 0 .75rem}
.sub{color:var(--md-muted);margin:.375rem 0 1.75rem}
.card{background:var(--md-surface);border:1px solid var(--md-line);border-radius:.75rem;padding:1.25rem;margin:0 0 1.25rem;min-width:0}
.grid{display:grid;gap:1.25rem;margin:0 0 1.25rem;grid-template-columns:repeat(auto-fit,minmax(min(100%,15rem),1fr))}
.grid .card{margin:0}
.fact dt,.fact .label{color:var(--md-muted);font-size:.875rem}
.fact .value{font-size:1.5rem;font-weight:650;letter-spacing:-.01em;font-variant-numeric:tabular-nums}
.fact .note{color:var(--md-muted);font-size:.875rem;line-height:1.4}
figure{margin:0}
figcaption{color:var(--md-muted);font-size:.875rem;margin-top:.5rem}
figure svg{display:block;width:100%;height:auto}
.narrow{display:none}
.narrow svg{max-width:26rem;margin:0 auto}
.pair{display:grid;gap:1.25rem;grid-template-columns:repeat(auto-fit,minmax(min(100%,24rem),1fr));margin:0 0 1.25rem}
.pair .card{margin:0}
.scroll{overflow-x:auto;margin:0 -1.25rem;padding:0 1.25rem}
.scroll:focus-visible{outline:2px solid var(--md-accent);outline-offset:2px}
table{border-collapse:collapse;width:100%;font-size:.875rem;font-variant-numeric:tabular-nums}
th,td{text-align:right;padding:.5rem;border-bottom:1px solid var(--md-line);white-space:nowrap;vertical-align:top}
th:first-child,td:first-child{text-align:left;padding-left:0}
th:last-child,td:last-child{padding-right:0}
thead th{color:var(--md-muted);font-weight:500;font-size:.8125rem;line-height:1.3;vertical-align:bottom;white-space:normal}
tbody th{font-weight:600;white-space:normal;min-width:9rem}
tbody tr:last-child>*{border-bottom:0}
.interval{display:block;color:var(--md-muted);font-size:.75rem}
tbody tr:hover{background:color-mix(in srgb,var(--md-line) 35%,transparent)}
.badge{display:inline-block;padding:0 .5rem;border-radius:1rem;background:var(--md-accent-soft);color:var(--md-accent);font-size:.75rem;font-weight:600}
.part>h2{font-size:1.25rem;margin:2rem 0 .25rem}
.part>h2+.pair{margin-top:.75rem}
.part .sub{margin:0 0 1rem}
h3{font-size:1.0625rem;margin:0}
.whole{color:var(--md-muted);font-size:.875rem;margin:.125rem 0 .75rem}
.receipt tbody th{min-width:6rem}
.receipt .op{display:block}
.receipt .node{display:block;color:var(--md-muted);font-weight:400;font-size:.75rem;overflow-wrap:anywhere}
.receipt .bar{width:35%;min-width:4.5rem;padding-right:0;vertical-align:middle}
.receipt .bar span{display:block;height:.625rem;min-width:1px;border-radius:.125rem;background:var(--md-accent)}
.conditions{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,20rem),1fr));gap:.5rem 2rem;margin:0;font-size:.9375rem}
.conditions div{display:flex;gap:.75rem;min-width:0}
.conditions dt{color:var(--md-muted);flex:0 0 7.5rem}
.conditions dd{margin:0;overflow-wrap:anywhere}
.conditions.single{grid-template-columns:1fr}
.conditions.single dt{flex-basis:14rem}
.said{margin:0}
.code{color:var(--md-muted);font-size:.8125rem;overflow-wrap:anywhere}
ul{margin:1rem 0 0;padding-left:1.125rem;color:var(--md-muted);font-size:.9375rem}
@media (max-width:40rem){main{padding-top:1.5rem}.wide,.receipt .bar{display:none}.narrow{display:block}.receipt{font-size:.8125rem}.conditions.single dt{flex-basis:7.5rem}.receipt td,.receipt th{padding-left:.25rem;padding-right:.25rem}.receipt tbody th{min-width:5rem}h1{font-size:1.375rem}}
@media print{body{background:none}.card{break-inside:avoid}}`;
