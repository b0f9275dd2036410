// Every word of the board's page, in Spanish and English.
const texts = {
  es: {
    welcome: "Bienvenido", forStaff: "Tablero en vivo para supervisores y administradores.",
    username: "Usuario", password: "Contraseña", enter: "Entrar", leave: "Salir", dispatch: "Despacho",
    code: "Código", codeHint: "El que muestra ahora su aplicación de autenticación.",
    wrong: "Usuario o contraseña incorrectos.", codeRequired: "Esta cuenta pide además un código.",
    wrongCode: "El código no es correcto o ya se usó; espere al siguiente.",
    tooMany: "Demasiados intentos. Espere %n s.", failed: "No se pudo conectar. Intente de nuevo.",
    busy: "El servidor está ocupado. Espere %n s.",
    refused: "El servidor no aceptó la entrada: %n.",
    noCookie: "El navegador no guardó la sesión; permita las cookies de este sitio.",
    notLeft: "No se pudo salir", notLeftText: "No hay conexión con el servidor: la sesión sigue abierta. Intente de nuevo.",
    loading: "Conectando…", trouble: "Sin conexión con el servidor",
    troubleText: "Se intenta de nuevo; no tiene que hacer nada.",
    noScreen: "Su cuenta entró, pero aquí no hay pantalla para ella",
    noScreenText: "Este tablero es para supervisores y administradores. Su papel es %n.",
    technicianText: "Todavía no hay una pantalla para técnicos.",
    clientText: "Cada orden se sigue con su enlace de seguimiento.",
    operatorText: "Los operadores tienen la línea de comandos y las métricas del nodo.",
    noRoleText: "Su cuenta no tiene ningún papel. Pida uno a un administrador.",
    needTotp: "Falta el segundo factor",
    needTotpText: "Esta cuenta debe activar un segundo factor antes de usar el tablero. Todavía no hay pantalla para eso: se hace con POST /v1/accounts/{id}/set_totp.",
    noZones: "Todavía no tiene zonas",
    noZonesText: "Un supervisor ve las zonas que se le asignan, y usted no tiene ninguna. Pídalas a un administrador.",
    noZonesAtAll: "Todavía no hay zonas",
    noZonesAtAllText: "El tablero muestra órdenes por zona. Cree la primera con POST /v1/zones.",
    client: "cliente", supervisor: "supervisor", operator: "operador", administrator: "administrador",
    map: "Mapa", zone: "Zona", orders: "Órdenes abiertas", all: "Todas", allZones: "Todas las zonas",
    myZones: "Todas mis zonas",
    live: "en vivo", offline: "reconectando…", none: "No hay órdenes aquí.", technician: "Técnico",
    late: "SLA vencido", risk: "SLA en riesgo", theme: "Tema", more: "y %n más",
    NEW: "Nueva", TRIAGED: "Lista", SCHEDULED: "Programada", ASSIGNED: "Asignada", ACCEPTED: "Aceptada",
    EN_ROUTE: "En camino", ON_SITE: "En sitio", IN_PROGRESS: "En curso", PAUSED: "Pausada",
    COMPLETED: "Finalizada", APPROVAL_REQUIRED: "Requiere aprobación", FAILED: "No completada",
    off: "fuera de servicio", available: "disponible", traveling: "en camino", working: "trabajando",
    break: "en pausa",
  },
  en: {
    welcome: "Welcome", forStaff: "Live board for supervisors and administrators.",
    username: "User name", password: "Password", enter: "Sign in", leave: "Sign out", dispatch: "Dispatch",
    code: "Code", codeHint: "The one your authenticator app shows now.",
    wrong: "Wrong user name or password.", codeRequired: "This account asks for a code, too.",
    wrongCode: "The code is wrong or was used before; wait for the next one.",
    tooMany: "Too many tries. Wait %n s.", failed: "Could not connect. Try again.",
    busy: "The server is busy. Wait %n s.",
    refused: "The server did not take the sign-in: %n.",
    noCookie: "The browser did not keep the session; allow this site's cookies.",
    notLeft: "You are not signed out", notLeftText: "There is no connection to the server: the session is still open. Try again.",
    loading: "Connecting…", trouble: "No connection to the server",
    troubleText: "It is being tried again; there is nothing you need to do.",
    noScreen: "You are signed in, but there is no screen for your account here",
    noScreenText: "This board is for supervisors and administrators. Your role is %n.",
    technicianText: "There is no screen for technicians yet.",
    clientText: "Each order is followed with its tracking link.",
    operatorText: "Operators have the command line and the node's metrics.",
    noRoleText: "Your account has no role. Ask an administrator for one.",
    needTotp: "The second factor is missing",
    needTotpText: "This account must set up a second factor before it can use the board. There is no screen for that yet: it is done with POST /v1/accounts/{id}/set_totp.",
    noZones: "You have no zones yet",
    noZonesText: "A supervisor sees the zones that were given to them, and you have none. Ask an administrator.",
    noZonesAtAll: "There are no zones yet",
    noZonesAtAllText: "The board shows orders by zone. Make the first one with POST /v1/zones.",
    client: "client", supervisor: "supervisor", operator: "operator", administrator: "administrator",
    map: "Map", zone: "Zone", orders: "Open orders", all: "All", allZones: "All zones",
    myZones: "All my zones",
    live: "live", offline: "reconnecting…", none: "No orders here.", technician: "Technician",
    late: "SLA breached", risk: "SLA at risk", theme: "Theme", more: "and %n more",
    NEW: "New", TRIAGED: "Ready", SCHEDULED: "Scheduled", ASSIGNED: "Assigned", ACCEPTED: "Accepted",
    EN_ROUTE: "On the way", ON_SITE: "On site", IN_PROGRESS: "In progress", PAUSED: "Paused",
    COMPLETED: "Completed", APPROVAL_REQUIRED: "Needs approval", FAILED: "Not completed",
    off: "off duty", available: "available", traveling: "on the way", working: "working",
    break: "on a break",
  },
};

let language = localStorage.getItem("language") || (navigator.language.startsWith("en") ? "en" : "es");

/// The text of this name, with `n` where it says %n.
export function t(name, n = "") {
  return (texts[language][name] || name).replace("%n", n);
}
export function languageNow() { return language; }
export function otherLanguage() { return language === "es" ? "English" : "Español"; }
export function changeLanguage() {
  language = language === "es" ? "en" : "es";
  localStorage.setItem("language", language);
}
/// Fills every element that names its text.
export function translatePage() {
  document.documentElement.lang = language;
  for (const e of document.querySelectorAll("[data-t]")) e.textContent = t(e.dataset.t);
}
