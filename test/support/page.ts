export * from '../../src/demo/front-door/page.js';
