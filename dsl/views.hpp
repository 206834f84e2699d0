#pragma once

// All views of a syntax tree.
#include "dsl/views_base.hpp"
#include "dsl/views_declaration.hpp"
#include "dsl/views_expression.hpp"
#include "dsl/views_statement.hpp"
