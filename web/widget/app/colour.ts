type Rgb = readonly [number, number, number];

/** `#rgb` and `#rrggbb`; anything else is no colour here. */
export function rgbOf(text: string | undefined): Rgb | undefined {
  const short = /^#([0-9a-f])([0-9a-f])([0-9a-f])$/i.exec(text ?? '');
  const hex = short
    ? short.slice(1).map((one) => one + one)
    : /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(text ?? '')?.slice(1);
  return hex?.map((one) => Number.parseInt(one, 16)) as Rgb | undefined;
}

const hexOf = (rgb: Rgb): string =>
  `#${rgb.map((one) => Math.round(one).toString(16).padStart(2, '0')).join('')}`;

/** WCAG's relative luminance. */
function luminance(rgb: Rgb): number {
  const [r = 0, g = 0, b = 0] = rgb.map((one) => {
    const share = one / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** WCAG's contrast, from 1 to 21. */
export function contrast(one: string, other: string): number {
  const [a, b] = [one, other].map((text) => luminance(rgbOf(text) ?? [0, 0, 0])) as [
    number,
    number,
  ];
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}

/** Black or white, whichever is read better on a colour. */
export const inkOn = (colour: string): string =>
  contrast(colour, '#ffffff') >= contrast(colour, '#000000') ? '#ffffff' : '#000000';

/** The colour nearest to this one that is read on the background as AA demands. */
export function readableOn(colour: string, background: string): string {
  const rgb = rgbOf(colour) ?? [0, 0, 0];
  const towards = inkOn(background) === '#ffffff' ? 255 : 0;
  for (let share = 0; share < 1; share += 0.05) {
    const mixed = hexOf(rgb.map((one) => one + (towards - one) * share) as unknown as Rgb);
    if (contrast(mixed, background) >= 4.6) return mixed;
  }
  return inkOn(background);
}
