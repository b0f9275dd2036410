import { start } from "@microflow/app";
import { App } from "./App";
import "@microflow/ui/styles.css";
import "@microflow/app/app.css";

await start(<App />);
