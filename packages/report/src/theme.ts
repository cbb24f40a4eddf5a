// The colours of everything drawn, light and dark, as CSS variables: one drawing serves both, also as a stand-alone SVG.

export const palette = {
  surface: { light: '#ffffff', dark: '#16181d' },
  page: { light: '#f6f7f9', dark: '#0e1013' },
  ink: { light: '#1b1f24', dark: '#e7e9ee' },
  muted: { light: '#5c6470', dark: '#9ea6b3' },
  line: { light: '#e2e5ea', dark: '#2b2f37' },
  accent: { light: '#0a66c2', dark: '#5aa9f5' },
  accentSoft: { light: '#e6f0fb', dark: '#15273a' },
  point: { light: '#8a929e', dark: '#7b8492' },
  // The second to the sixth series of a chart; the first is the accent. Apart also for those who see red and green alike.
  series2: { light: '#b45309', dark: '#f0a04b' },
  series3: { light: '#0f766e', dark: '#4fd1c0' },
  series4: { light: '#7e3aa8', dark: '#c59bf0' },
  series5: { light: '#be185d', dark: '#f58bb5' },
  series6: { light: '#4d5a10', dark: '#c3cf5a' },
} as const satisfies Record<string, { light: string; dark: string }>;
export type ColourName = keyof typeof palette;

const variable = (name: ColourName): string => `--md-${name.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`)}`;

/** `var(--md-ink)`: a colour by its role. */
export const colour = (name: ColourName): string => `var(${variable(name)})`;

const names = Object.keys(palette) as ColourName[];
const block = (theme: 'light' | 'dark'): string => names.map((name) => `${variable(name)}:${palette[name][theme]}`).join(';');

/** 'auto' follows prefers-color-scheme. */
export type Theme = 'auto' | 'light' | 'dark';

/** The rules that define the variables on `selector`. */
export const themeCss = (selector: string, theme: Theme = 'auto'): string =>
  theme === 'auto' ? `${selector}{${block('light')}}@media (prefers-color-scheme:dark){${selector}{${block('dark')}}}` : `${selector}{${block(theme)}}`;

export const fontStack = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif";
