/**
 * Imported first by each page: zod would otherwise try to compile its checks with `new Function`, which the pages'
 * content security policy forbids and reports.
 */
import * as z from "zod";

z.config({ jitless: true });
