/** Numbers as a person reads them: a true minus sign, few digits, no false precision. */

const MINUS = '\u2212';

/** A number with about three significant digits and a real minus sign. */
export function number(value: number | null | undefined, digits = 3): string {
  if (value === null || value === undefined || Number.isNaN(value)) return 'n/a';
  if (!Number.isFinite(value)) return value > 0 ? '\u221e' : `${MINUS}\u221e`;
  const magnitude = Math.abs(value);
  let text: string;
  if (magnitude === 0) text = '0';
  else if (magnitude >= 1e5 || magnitude < 1e-4) text = magnitude.toExponential(2);
  else text = magnitude.toFixed(Math.max(0, Math.min(6, digits - 1 - Math.floor(Math.log10(magnitude)))));
  return value < 0 && Number(text) !== 0 ? MINUS + text : text;
}

/** As `number`, with a plus sign before positive values. */
export function signed(value: number | null | undefined, digits = 3): string {
  const text = number(value, digits);
  return typeof value === 'number' && value > 0 ? `+${text}` : text;
}

/** A number with a fixed count of decimals and a real minus sign. */
export function fixed(value: number, decimals = 1): string {
  const text = Math.abs(value).toFixed(decimals);
  return value < 0 && Number(text) !== 0 ? MINUS + text : text;
}

export function signedFixed(value: number, decimals = 1): string {
  const text = fixed(value, decimals);
  return Number(value.toFixed(decimals)) > 0 ? `+${text}` : text;
}

/** How many weights a model has: "310 M parameters", "4.6 thousand parameters". */
export function parameters(weights: number): string {
  const units: [number, string][] = [[1e9, ' billion'], [1e6, ' M'], [1e3, ' thousand']];
  const unit = units.find(([size]) => weights >= size);
  return unit === undefined ? `${weights} parameters` : `${fixed(weights / unit[0])}${unit[1]} parameters`;
}

/** A share of one as per cent, with a real minus sign; small shares keep a digit, and what is there is not called nothing. */
export function percent(value: number): string {
  const hundredths = Math.abs(value * 100);
  if (hundredths > 0 && hundredths < 0.05) return value > 0 ? '< 0.1 %' : `> ${MINUS}0.1 %`;
  const text = hundredths > 0 && hundredths < 1 ? hundredths.toFixed(1) : String(Math.round(hundredths));
  return `${value < 0 && Number(text) !== 0 ? MINUS : ''}${text} %`;
}

/** A whole number with thin spaces between thousands. */
export function count(value: number): string {
  return Math.round(value).toString().replace(/\B(?=(\d{3})+$)/g, '\u202f');
}

/** A p-value the way papers print it. */
export function pValue(value: number): string {
  return value < 0.001 ? 'p < 0.001' : `p = ${value.toFixed(3)}`;
}

/** A number of bytes: "12 MB". */
export function bytes(value: number): string {
  const units: [number, string][] = [[1e12, 'TB'], [1e9, 'GB'], [1e6, 'MB'], [1e3, 'kB']];
  // What would be rounded to a thousand of a unit is told in the next one.
  const unit = units.find(([size]) => value >= size * 0.9995);
  if (unit === undefined) return `${value} bytes`;
  const scaled = value / unit[0];
  return `${scaled >= 99.95 ? Math.round(scaled) : scaled.toFixed(1)} ${unit[1]}`;
}

/** How long something will still take. */
export function duration(seconds: number): string {
  if (seconds < 1) return 'less than a second';
  if (seconds < 90) return `${Math.round(seconds)} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  return `${(seconds / 3600).toFixed(1)} h`;
}
