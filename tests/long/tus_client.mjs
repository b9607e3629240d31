// Sends one file with tus-js-client: node tus_client.mjs URL METADATA FILE OVERRIDE
import { readFile } from 'node:fs/promises'
import { Upload } from 'tus-js-client'

const [url, metadata, path, override] = process.argv.slice(2)
let attempts = 0
const upload = new Upload(await readFile(path), {
  endpoint: url,
  metadata: JSON.parse(metadata),
  overridePatchMethod: override === 'yes',
  retryDelays: Array(1000).fill(10),
  onBeforeRequest: () => { attempts += 1 },
  onError: (error) => { console.error(error.message); process.exit(1) },
  onSuccess: () => console.log(attempts),
})
upload.start()
