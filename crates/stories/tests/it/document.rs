//! The API document.

use testkit::on_every_database;

use crate::app::TestApp;

#[on_every_database]
async fn show(app: TestApp) {
    println!("{}", app.routes);
}
