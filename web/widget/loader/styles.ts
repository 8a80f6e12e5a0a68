/** The launcher's and the frame's own styles; the page's neither reach them nor are reached. */
export const styles = `
.box{position:fixed;inset-block-end:20px;inset-inline-end:20px;z-index:2147483000;font:600 12px system-ui,sans-serif;--color:#2457d6;--ink:#fff}
.box.start{inset-inline:20px auto}
.box.left{left:20px;right:auto}
.box.right{right:20px;left:auto}
.launcher{all:unset;box-sizing:border-box;position:relative;display:grid;place-items:center;width:56px;height:56px;border-radius:50%;background:var(--color);color:var(--ink);cursor:pointer;box-shadow:0 4px 16px #0004}
.launcher:focus-visible{outline:3px solid var(--color);outline-offset:3px;box-shadow:0 0 0 3px #fff}
svg{width:28px;height:28px;fill:currentColor;stroke:currentColor;stroke-width:2;stroke-linejoin:round;stroke-linecap:round}
.cross,.open .bubble{display:none}
.open .cross{display:block}
.badge{position:absolute;pointer-events:none;inset-block-start:-4px;inset-inline-end:-4px;min-width:22px;height:22px;box-sizing:border-box;padding:0 5px;border-radius:11px;background:#c4183c;color:#fff;text-align:center;line-height:22px}
[hidden]{display:none}
iframe{display:none;position:absolute;inset-block-end:72px;inset-inline-end:0;width:min(400px,calc(100vw - 40px));height:min(640px,calc(100dvh - 112px));border:0;border-radius:16px;box-shadow:0 8px 40px #0005;background:#fff;color-scheme:light}
[data-theme=dark] iframe{background:#16181d}
.start iframe{inset-inline:0 auto}
.left iframe{left:0;right:auto}
.right iframe{right:0;left:auto}
.open iframe{display:block}
@media(max-width:480px){.open iframe{position:fixed;inset:0;width:100%;height:100dvh;border-radius:0}.open .launcher{display:none}}
@media(prefers-reduced-motion:no-preference){.launcher{transition:transform .15s}.launcher:hover{transform:scale(1.05)}.open iframe{animation:in .18s}@keyframes in{from{opacity:0;translate:0 12px}}}
@media print{.box{display:none}}
`;
