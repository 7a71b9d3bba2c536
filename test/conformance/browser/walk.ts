import type { Browser } from './browser.js';
import type { Button, Form, Page } from './page.js';

const MOST_PAGES = 10;
const YES = /^(?:allow|continue|agree|accept|approve|share|yes|confirm|grant|ok|submit|sign in|log ?in|next)\b/i;
const NO = /^(?:cancel|deny|refuse|decline|abort|no\b|reject|back)/i;

/** What a person does on the pages they are led to. */
export interface Walk {
  readonly username: string;
  readonly password: string;
  /** How they answer when they are asked whether something is to happen; `leave` stops at that page. */
  readonly answer?: 'yes' | 'no' | 'leave';
  /** Whether they tick every box that the pages offer. */
  readonly tickAll?: boolean;
}

/**
 * Goes through the pages of a server as a person does who reads them: signs in where a password is asked for, presses
 * the button that says yes (or no), and ends where there is nothing to press, at an address to stop at, or at the
 * question itself.
 */
export async function walk(browser: Browser, first: Page, person: Walk): Promise<Page> {
  let page = first;
  for (let count = 0; count < MOST_PAGES; count++) {
    const form = page.status === 0 ? undefined : page.forms.find((one) => isSignIn(one) || isQuestion(one));
    if (form === undefined) return page;
    if (!isSignIn(form) && person.answer === 'leave') return page;
    page = await answer(browser, page, form, person);
  }
  throw new Error(`After ${MOST_PAGES} pages there was still a form.`);
}

/** The form of a page that asks whether something is to happen. */
export function questionOf(page: Page): Form | undefined {
  return page.forms.find((form) => !isSignIn(form) && isQuestion(form));
}

function answer(browser: Browser, page: Page, form: Form, person: Walk): Promise<Page> {
  if (isSignIn(form)) {
    const fill = Object.fromEntries(
      form.fields.flatMap(({ name, type }) => {
        if (type === 'password') return [[name, person.password]];
        return type === 'text' || type === 'email' ? [[name, person.username]] : [];
      }),
    );
    return browser.submit(form, { fill, button: buttonOf(form, YES) ?? form.buttons[0] });
  }
  const { answer: wanted = 'yes', tickAll = false } = person;
  // Yes and no may be buttons of one form, or forms of their own.
  const forms = [form, ...page.forms];
  const chosen = forms.find((one) => buttonOf(one, wanted === 'no' ? NO : YES) !== undefined) ?? form;
  const button = buttonOf(chosen, wanted === 'no' ? NO : YES) ?? chosen.buttons[0];
  return browser.submit(chosen, { button, tickAll });
}

const isSignIn = (form: Form): boolean => form.fields.some(({ type }) => type === 'password');

const isQuestion = (form: Form): boolean => form.method === 'POST' && buttonOf(form, YES) !== undefined;

function buttonOf({ buttons }: Form, pattern: RegExp): Button | undefined {
  return buttons.find(({ label }) => pattern.test(label));
}
