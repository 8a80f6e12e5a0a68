// Runs before every script of package.json, and so on whichever Node is there: it must load on Node 18 too.
import { existsSync, readFileSync } from 'node:fs';

const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
const wanted = Number.parseInt(manifest.devDependencies.node, 10);
const isThere = (path) => existsSync(new URL(path, import.meta.url));
const { npm_lifecycle_event: script, npm_config_call: context } = process.env;

if (!isThere('../node_modules')) {
  end('The packages are not installed: run npm ci first.');
} else if (Number.parseInt(process.versions.node, 10) < wanted) {
  const whatToDo = isThere('../node_modules/node/bin')
    ? `run it through npm, which takes the project's own: npm run COMMAND or npx replies COMMAND.`
    : `npm ci brings Node ${wanted} along, but npm's install scripts are blocked here. ` +
      `Run npm rebuild node --ignore-scripts=false, or install Node ${wanted}.`;
  end(`This needs Node ${wanted} and runs on ${process.versions.node}: ${whatToDo}`);
} else if (script && context) {
  // npm has a -c of its own: without this, another stage than the one that was meant would be deployed.
  end(
    `npm kept -c for itself: put -- before the options, as in npm run ${script} -- -c ${context}`,
  );
}

function end(line) {
  console.error(line);
  process.exit(1);
}
