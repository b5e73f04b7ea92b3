mod bounds;
mod cases;
mod compiled;
mod print;
mod property;
mod reference;
mod table;
