import Bowser from 'bowser';

/** A device in words, as it calls itself: "Firefox on Windows", "Safari on iOS (phone)", "okhttp". */
export function deviceName(userAgent: string | null): string {
  const unknown = 'Unknown device';
  if (!userAgent?.trim()) return unknown;
  const { browser, os, platform } = Bowser.parse(userAgent);
  const kind = platform.type === undefined ? undefined : handy[platform.type];
  const where = os.name && `${os.name}${kind ? ` (${kind})` : ''}`;
  if (browser.name && where) return `${browser.name} on ${where}`;
  // Programs and apps name themselves first: `okhttp/4.12`.
  const [product = ''] = /^[\w .-]{1,40}?(?=\/|\s|$)/.exec(userAgent) ?? [];
  return browser.name || where || product.trim() || unknown;
}

const handy: Readonly<Record<string, string>> = { mobile: 'phone', tablet: 'tablet' };
