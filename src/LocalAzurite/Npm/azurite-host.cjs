// Runs Azurite's table service, and with --allServices its blobs and queues too, for as long as whoever started this process holds its standard input open. The operating system closes
// that pipe however the parent ends, kill -9 included, so no Azurite is left behind.
'use strict';

const allServices = process.argv.includes('--allServices');
process.argv = process.argv.filter(argument => argument !== '--allServices');
const inMemory = process.argv.includes('--inMemoryPersistence');

process.stdin.resume();
process.stdin.on('error', stop);
process.stdin.on('end', stop);
process.stdin.on('close', stop);

let stopping = false;
function stop() {
  if (stopping) {
    return;
  }

  stopping = true;
  if (inMemory) {
    process.exit(0);
  }

  // Azurite writes its data to disk every few seconds and on SIGINT, and says so when it is done.
  let open = allServices ? 3 : 1;
  const log = console.log;
  console.log = message => {
    log(message);
    if (String(message).includes('successfully closed') && --open === 0) {
      process.exit(0);
    }
  };
  setTimeout(() => process.exit(1), 10_000).unref();
  if (!process.emit('SIGINT')) {
    process.exit(0);
  }
}

// When the parent is gone, writing to it fails; that is no reason to end before the data is saved.
process.stdout.on('error', () => {});
process.stderr.on('error', () => {});

require(allServices ? './node_modules/azurite/dist/src/azurite.js' : './node_modules/azurite/dist/src/table/main.js');
