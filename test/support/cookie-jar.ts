export * from '../../src/demo/front-door/cookie-jar.js';
