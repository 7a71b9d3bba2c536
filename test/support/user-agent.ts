export * from '../../src/demo/front-door/user-agent.js';
