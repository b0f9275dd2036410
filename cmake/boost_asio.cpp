// The bodies of Asio and Beast, compiled once (Toolchain.cmake asks for separate compilation).
#include <boost/asio/impl/src.hpp>
#include <boost/asio/ssl/impl/src.hpp>
#include <boost/beast/src.hpp>
