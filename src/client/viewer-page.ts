import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Folder of scripts and styles: in the built front end, and in their addresses. */
export const VIEWER_FILES = 'viewer';

/** Where the page shows a resource. @param basePath below which browsers reach the process, without trailing slash */
export function viewerPath(basePath: string, resource: string): string {
  return `${basePath}/open?${new URLSearchParams({ resource }).toString()}`;
}

/** The page loads nothing from elsewhere and speaks to its own server alone; `base-uri` lets it say where that is. */
export const VIEWER_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "base-uri 'self'",
].join('; ');

/** The document of the viewer's built front end. */
export class ViewerPage {
  /** As it is sent for every address of the page; its own addresses are relative to where browsers reach the process. */
  readonly html: string;

  /**
   * @param folder of the built front end, `dist/web/client`
   * @param baseUrl address of this process as browsers reach it, without trailing slash
   * @throws Error when it was not built
   */
  constructor(folder: string, baseUrl: string) {
    const base = new URL(`${baseUrl}/`).pathname;
    this.html = read(join(folder, 'index.html')).replace('<base href="/"', `<base href="${base}"`);
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new Error('The viewer page is not built: run `npm run build` first.', { cause });
  }
}
