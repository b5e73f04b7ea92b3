//! The tools by hand.

use axum::extract::{Request, State};
use axum::{Extension, Json};
use model::Caller;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;
use web::Failure;

use super::{body, fail};
use crate::ops::Assistant;

/// A tool.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ToolOut {
    name: &'static str,
    title: &'static str,
    description: &'static str,
    /// JSON schema of the arguments.
    #[serde(rename = "inputSchema")]
    input_schema: Value,
    /// True when it changes nothing.
    read_only: bool,
    /// What the caller needs, in words.
    permission: &'static str,
}

/// All tools.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ToolsOut {
    tools: Vec<ToolOut>,
}

/// A call of a tool.
#[derive(Debug, Deserialize, ToSchema)]
pub(super) struct ExecuteIn {
    tool_name: String,
    #[serde(default)]
    #[schema(value_type = Object)]
    arguments: Map<String, Value>,
}

/// What a tool answered.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ExecuteOut {
    tool_name: String,
    success: bool,
    result: Value,
}

/// Lists the tools that the assistant may call.
#[utoipa::path(
    get, path = "/tools", operation_id = "assistant.list_tools", tag = "assistant",
    responses((status = 200, description = "The tools", body = ToolsOut))
)]
pub(super) async fn list_tools(State(assistant): State<Assistant>) -> Json<ToolsOut> {
    let list = assistant.tools().list();
    let tools = list.iter().map(|tool| ToolOut {
        name: tool.name,
        title: tool.text.title,
        description: tool.text.description,
        input_schema: tool.input.clone(),
        read_only: tool.hints.read_only,
        permission: tool.permission,
    });
    Json(ToolsOut { tools: tools.collect() })
}

/// Calls one tool for the caller.
#[utoipa::path(
    post, path = "/execute-tool", operation_id = "assistant.execute_tool", tag = "assistant", request_body = ExecuteIn,
    responses(
        (status = 200, description = "What the tool answered", body = ExecuteOut),
        (status = 404, description = "There is no such tool"),
        (status = 422, description = "The arguments are wrong"),
    )
)]
pub(super) async fn execute_tool(
    State(assistant): State<Assistant>,
    Extension(caller): Extension<Caller>,
    request: Request,
) -> Result<Json<ExecuteOut>, Failure> {
    let ExecuteIn { tool_name, arguments } = body(request).await?;
    let result = assistant.execute_tool(&caller, &tool_name, Value::Object(arguments)).await;
    let result = result.map_err(|error| fail(&error))?;
    Ok(Json(ExecuteOut { tool_name, success: true, result }))
}

/// Says who drives the conversations.
#[utoipa::path(
    get, path = "/function-calling/status", operation_id = "assistant.function_calling_status", tag = "assistant",
    responses((status = 200, description = "The driver, its model and the number of tools", body = Value))
)]
pub(super) async fn function_calling_status(State(assistant): State<Assistant>) -> Json<Value> {
    Json(assistant.status())
}
