/* eslint-disable @typescript-eslint/no-namespace, @typescript-eslint/no-empty-object-type, @typescript-eslint/no-unused-vars -- this is how the types of Jest are extended */
import { type UmaMatchers, umaMatchers } from '../../src/testing/index.js';

declare global {
  namespace jest {
    interface Matchers<R, T> extends UmaMatchers<R> {}
  }
}

expect.extend(umaMatchers);
