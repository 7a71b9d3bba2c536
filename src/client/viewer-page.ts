import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The built front end of the viewer. */
export class ViewerPage {
  /** The document, as it is sent for every address of the page. */
  readonly html: string;

  /**
   * @param folder of the built front end, `dist/web/client`
   * @throws Error when it was not built
   */
  constructor(readonly folder: string) {
    try {
      this.html = readFileSync(join(folder, 'index.html'), 'utf8');
    } catch (cause) {
      throw new Error('The viewer page is not built: run `npm run build` first.', { cause });
    }
  }
}
