/** What a page may load, as sources of a content security policy; nothing else, and no connections. */
export interface PageSources {
  readonly script: string;
  readonly style: string;
  readonly font: string;
  readonly image: string;
  /** Whole directives beyond those. */
  readonly directives?: readonly string[];
}

/** The content security policy of a page. */
export function contentSecurityPolicy({ script, style, font, image, directives = [] }: PageSources): string {
  return [
    `default-src 'none'`,
    `script-src ${script}`,
    `style-src ${style}`,
    `font-src ${font}`,
    `img-src ${image}`,
    // Neither is covered by default-src: a base would redirect relative addresses, and a form would send its content.
    `base-uri 'none'`,
    `form-action 'none'`,
    ...directives,
  ].join('; ');
}

/** A random value that marks what a page's own HTML has put into it. */
export function pageNonce(): string {
  return btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(16))));
}
