// What the reader takes of pdf.js. A bundle of its own: it weighs more than all the rest, and comes when a file is opened.
export {
  AnnotationMode,
  GlobalWorkerOptions,
  PDFDataRangeTransport,
  TextLayer,
  getDocument,
} from "pdfjs-dist/legacy/build/pdf.mjs";
